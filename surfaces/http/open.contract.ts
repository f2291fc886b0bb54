import { once } from 'node:events'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { memoryConsole } from './memory-console.contract.ts'
import { type HttpOptions, openHttp } from './server.ts'

// What the tests of this folder share: a server on a loopback port with a console in memory behind it.

/** Opens a server that ends with the test. */
export async function opened(t: Test, options: Partial<HttpOptions> = {}) {
  const memory = memoryConsole()
  const folder = mkdtempSync(join(tmpdir(), 'infra-http-'))
  const webRoot = join(folder, 'web')
  mkdirSync(join(webRoot, 'parts'), { recursive: true })
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(webRoot, 'parts', 'a.js'), 'export const a = 1\n')
  writeFileSync(join(webRoot, '.hidden'), 'no')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const server = await openHttp(
    {
      host: '127.0.0.1',
      port: 0,
      tls: null,
      insecure: false,
      webRoot,
      version: '0.1.0',
      ...options,
    },
    memory.hub,
  )
  t.teardown(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const port = Number(new URL(server.address).port)
  return { ...memory, server, port, folder, url: `http://127.0.0.1:${port}` }
}

/** Resolves when the hub asks its console for no more entries, although it has answered twenty other requests. */
export async function stalled(url: string, counts: { readonly pulled: number }): Promise<number> {
  for (let before = -1; ;) {
    before = counts.pulled
    for (let i = 0; i < 20; i++) await (await fetch(`${url}/health`)).text()
    if (counts.pulled === before && before > 0) return before
  }
}

/** Sends a body as it is. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  })
}

/** Writes raw bytes and reads until the server closes. */
export async function raw(port: number, request: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(request)
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) text += String(chunk)
  return text
}
