import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Simulator, SimulatorOptions } from '../simulator.ts'
import { simulateLines } from '../line-device.ts'

export interface SerialSimulatorOptions extends SimulatorOptions {
  /** Where the port appears. Default: in a new temporary folder. */
  readonly path?: string
}

export interface SerialSimulator extends Simulator {
  /** The pseudo-terminal to open. */
  readonly path: string
  /** Says a line by itself. */
  say(line: string): void
}

/** How long socat may take to make the pseudo-terminal. Milliseconds. */
const startMs = 5000

/**
 * The relay card of tcp on a pseudo-terminal, which `socat` makes (Debian: apt-get install socat). What closes a connection
 * there unplugs the port here; it is back at once.
 * @throws Error where socat is not installed
 */
export async function simulate(options: SerialSimulatorOptions = {}): Promise<SerialSimulator> {
  const device = await simulateLines({})
  const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), 'if-serial-')) : null
  const path = options.path ?? join(folder ?? '', 'tty')
  mkdirSync(dirname(path), { recursive: true })
  let closed = false
  let socat = await plug(path, device.port)
  const replug = async (): Promise<void> => {
    await ended(socat)
    if (closed) return
    socat = await plug(path, device.port)
    await replug()
  }
  const replugging = replug().catch(() => {}) // the port stays away, which is what a test then sees

  return {
    ...device,
    path,
    async close() {
      if (closed) return
      closed = true
      socat.kill('SIGTERM')
      await Promise.all([ended(socat), device.close()])
      await replugging
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Resolves once the port can be opened. */
function plug(path: string, port: number): Promise<ChildProcess> {
  const child = spawn(
    'socat',
    ['-d', '-d', '-t0', `PTY,link=${path},rawer`, `TCP:127.0.0.1:${port},nodelay`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), startMs)
    let said = ''
    child.once('error', () => {
      clearTimeout(timer)
      reject(new Error('socat is not installed: apt-get install socat'))
    })
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`socat did not start: ${said.slice(0, 500)}`))
    })
    child.stderr.on('data', (bytes: Buffer) => {
      if (said.length < 10_000) said += bytes.toString()
      if (!said.includes('starting data transfer loop')) return
      clearTimeout(timer)
      resolve(child)
    })
  })
}
