import type { Device, Sign } from './answers.ts'
import { ask, ConnectionLost, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { paint, plain } from './output.ts'

const devicePath = (name: string) => `/api/v1/devices/${encodeURIComponent(name)}`

export async function devicesOf(hub: Hub): Promise<readonly Device[]> {
  const answer = await ask<{ readonly devices: readonly Device[] }>(
    hub,
    { method: 'GET', path: '/api/v1/devices' },
    ['devices'],
  )
  return answer.devices
}

/** Adds a device to the hub's config. @throws Stop */
export async function addDevice(hub: Hub, body: Parameters<typeof ask>[1]['body']): Promise<void> {
  await change(hub, {
    method: 'POST',
    path: '/api/v1/devices',
    ...(body === undefined ? {} : { body }),
  })
}

/** Takes a device out of the hub's config. @throws Stop */
export async function removeDevice(hub: Hub, name: string): Promise<void> {
  await change(hub, { method: 'DELETE', path: devicePath(name) })
}

/** A change of the config: it carries no id, so a broken connection leaves it open. @throws Stop */
async function change(hub: Hub, request: Omit<Parameters<typeof ask>[1], 'withinMs'>) {
  try {
    await ask(hub, { ...request, withinMs: 30_000 }, [])
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    throw new Stop('unreachable', `${error.message}: whether it was done is not known`, {
      hint: 'when the hub is back: infra bus list',
      cause: error,
    })
  }
}

/** Asks a device for a sign of life. @throws Stop */
export async function signOf(hub: Hub, name: string): Promise<Sign> {
  const request = { method: 'POST', path: `${devicePath(name)}/test`, withinMs: 30_000 } as const
  return ask<Sign>(hub, request, ['ok', 'detail'])
}

export function signLine(name: string, sign: Sign): string {
  const word = sign.ok ? paint('good', 'answers') : paint('bad', 'no answer')
  return `${word}  ${plain(`${name}: ${sign.detail}`)}`
}
