import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'

const has = (program: string) => spawnSync(program, ['--help']).error === undefined
const installed = has('obs') && has('xvfb-run')
const missing =
  'OBS is not installed: apt-get install --no-install-recommends obs-studio obs-plugins xvfb xauth libgl1-mesa-dri'

/** Options for a test that needs OBS. On a test server it must be there; elsewhere its absence is shown as a skip. */
export const needsObs: { readonly skip: string } | Record<string, never> =
  installed || process.env['CI'] !== undefined ? {} : { skip: missing }

/** OBS listens on every interface of the machine: it gets a network of its own where the system allows that. */
const canHide = spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0

/** Two seconds on an idle machine. Milliseconds. */
const startMs = 60_000

/** A real OBS of this test alone, without a screen or a graphics card. */
export interface RealObs {
  readonly port: number
  readonly password: string
  /** Where it records. */
  readonly folder: string
  /** Everything it said. */
  log(): string
  /** SIGKILL, and until it is gone. */
  kill(): Promise<void>
  /** The same folder and port again, after `kill`. */
  again(): Promise<void>
}

/**
 * From a socket of the file system, which every network sees, to OBS's port in its own. When the test dies, however it dies, its
 * end of the pipe is closed, and OBS, its screen and this end as well.
 */
const bridge = `
  const [, path, port] = process.argv
  new (require('node:net').Socket)({ fd: 3 }).on('close', () => process.kill(0, 'SIGKILL')).resume()
  require('node:net').createServer((near) => {
    const far = require('node:net').connect(Number(port), '127.0.0.1')
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    far.setNoDelay()
    near.pipe(far).pipe(near)
  }).listen(path)`

export async function startObs(t: Pick<Test, 'teardown'>): Promise<RealObs> {
  if (!installed) throw new Error(missing)
  const home = mkdtempSync(join(tmpdir(), 'if-obs-'))
  const password = randomBytes(12).toString('hex')
  const listening = canHide ? 4455 : await freePort()
  const path = join(home, 'bridge')
  writeConfig(home, listening, password)
  const near = createServer((client) => {
    const obs = connect(path)
    client.on('error', () => obs.destroy()).on('close', () => obs.destroy())
    obs.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.setNoDelay()
    client.pipe(obs).pipe(client)
  })
  near.listen(0, '127.0.0.1')
  await once(near, 'listening')
  const address = near.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  let child: ChildProcess | null = null
  let said = ''
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_RUNTIME_DIR: home,
    LIBGL_ALWAYS_SOFTWARE: '1',
    BRIDGE: bridge,
  }

  async function start(): Promise<void> {
    rmSync(path, { force: true })
    const screen = ['-a', '-s', '-screen 0 640x480x24 -nolisten tcp', 'obs', '--multi']
    const both = '"$0" -e "$BRIDGE" "$1" "$2" & exec xvfb-run "${@:3}"'
    const own = ['bash', '-c', both, process.execPath, path, String(listening)]
    const command = canHide
      ? ['unshare', '-rn', 'bash', '-c', 'ip link set lo up; exec "$@"', 'own', ...own]
      : own
    // a group of its own, so that its screen and its bridge end with it
    const [program = '', ...args] = [...command, ...screen]
    const started = spawn(program, args, {
      cwd: home,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    child = started
    const from = said.length
    const hear = (bytes: Buffer) => (said += bytes.toString())
    started.stdout?.on('data', hear)
    started.stderr?.on('data', hear)
    const until = Date.now() + startMs
    while (!said.slice(from).includes('Server started successfully')) {
      if (started.exitCode !== null || Date.now() > until)
        throw new Error(`OBS did not start: ${said}`)
      await sleep(50)
    }
  }

  async function kill(): Promise<void> {
    const running = child
    child = null
    if (running?.pid === undefined || running.exitCode !== null) return
    const gone = once(running, 'exit')
    process.kill(-running.pid, 'SIGKILL')
    await gone
  }

  t.teardown(async () => {
    await kill()
    near.close()
    rmSync(home, { recursive: true, force: true })
  })
  await start()
  return { port: address.port, password, folder: home, log: () => said, kill, again: start }
}

function writeConfig(home: string, port: number, password: string): void {
  const folder = join(home, '.config', 'obs-studio')
  const profile = join(folder, 'basic', 'profiles', 'Untitled')
  mkdirSync(profile, { recursive: true })
  const lines = (file: string, ...all: readonly string[]) =>
    writeFileSync(file, `${all.join('\n')}\n`)
  lines(
    join(folder, 'global.ini'),
    '[General]',
    'FirstRun=true',
    '[Basic]',
    'Profile=Untitled',
    'ProfileDir=Untitled',
    '[OBSWebSocket]',
    'ServerEnabled=true',
    'FirstLoad=false',
    'AuthRequired=true',
    `ServerPassword=${password}`,
    `ServerPort=${port}`,
  )
  // an encoder of its own for the recording: with that of the stream OBS cannot pause
  lines(
    join(profile, 'basic.ini'),
    '[General]',
    'Name=Untitled',
    '[Output]',
    'Mode=Simple',
    '[SimpleOutput]',
    `FilePath=${home}`,
    'RecQuality=Small',
    'RecFormat=mkv',
    'RecRB=true',
    // OBS starts no replay buffer that no key could save
    '[Hotkeys]',
    'ReplayBuffer={"ReplayBuffer.Save":[{"key":"OBS_KEY_F9"}]}',
    '[Video]',
    'BaseCX=320',
    'BaseCY=240',
    'OutputCX=320',
    'OutputCY=240',
    'FPSType=0',
    'FPSCommon=30',
  )
}

/** Whether a Matroska file is complete: its cues are written last, when it is closed. */
export function hasCues(file: string): boolean {
  // RFC 9559 section 5.1.5: the element's ID
  return existsSync(file) && readFileSync(file).includes(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]))
}
