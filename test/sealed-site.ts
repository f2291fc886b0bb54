import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { auditExit, type AuditFault, type AuditVerdict } from '../witness/audit/verdict.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { infra, newRoom, type HubProcess, type Room } from './hub-process.ts'
import { attackRow } from './report.ts'
import { readyCommand } from './worker-process.ts'

// A site whose record is sealed, signed and cosigned by a witness, all of it by the commands that people use; and attacks
// on copies of it.

const origin = 'studio.example/journal'

/** Keys, a running witness, and what an auditor of this site trusts. */
export interface Keys {
  /** The log's private key: what an insider has. */
  readonly logKey: string
  /** Files with public keys, and with the policy that asks for the witness. */
  readonly logVkey: string
  readonly policy: string
}

export async function newKeys(t: Test, folder: string, name = origin): Promise<Keys> {
  const file = (one: string) => join(folder, one)
  const logVkey = file('log.vkey')
  const vkey = await keyOf(t, [name, file('log.key')])
  writeFileSync(logVkey, vkey)
  const w1 = await keyOf(t, ['--witness', 'auditor.example/w1', file('w1.key')])
  const witness = await readyCommand(t, [
    ...['witness', 'serve', '--key', file('w1.key'), '--logs', logVkey],
    ...['--keep', file('w1'), '--port', '0'],
  ])
  const url = (await witness.line('ready ')).split(/ +/)[1] ?? ''
  const policy = file('policy')
  writeFileSync(policy, `log ${vkey}witness w1 ${w1.trim()} ${url}\nquorum w1\n`)
  return { logKey: file('log.key'), logVkey, policy }
}

async function keyOf(t: Test, words: readonly string[]): Promise<string> {
  const { code, out, err } = await infra(t, ['witness', 'key', ...words])
  if (code !== 0) throw new Error(err)
  return out
}

export interface SealedSite {
  readonly room: Room
  /** Starts the hub, presses so often, each to its outcome, and stops: what is recorded by then is sealed and signed. */
  work(presses: number, word: string): Promise<void>
  start(): Promise<HubProcess>
}

export interface SiteOptions {
  /** With which it signs. */
  readonly keyFile: string
  /** With the witnesses that it asks; null: none. */
  readonly policy: string | null
  /** The log's name; default {@link origin}. */
  readonly name?: string
  /** The data folder, where it is not a new one. */
  readonly data?: string
  /** How often it records that it is there; default as a hub does. Seconds. */
  readonly heartbeat?: number
}

export async function newSite(
  t: Test,
  { keyFile, policy, name = origin, data, heartbeat }: SiteOptions,
): Promise<SealedSite> {
  const relay = await lineDevice(t)
  const witness = [
    `origin: ${name}`,
    `keyFile: ${keyFile}`,
    'signAfter: 50ms',
    ...(policy === null ? [] : [`policy: ${policy}`]),
    ...(heartbeat === undefined ? [] : [`heartbeat: ${heartbeat}s`]),
  ]
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\nwitness: { ${witness.join(', ')} }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
    data,
  )
  return {
    room,
    start: () => room.start(),
    async work(presses, word) {
      const hub = await room.start()
      for (let n = 0; n < presses; n++)
        await hub.submit(
          { verb: 'fire', device: 'relay', action: 'hit', args: [`${word} ${n}`] },
          { wait: 'outcome' },
        )
      await signed(hub)
      await hub.end()
    },
  }
}

/** How soon a hub is asked again: nothing tells when a head is signed. Milliseconds. */
const againMs = 50
/** How long a busy machine may take to sign what there is. Milliseconds. */
const signedWithinMs = 60_000

/** Waits until all that the hub has recorded so far is under a signed head. */
async function signed(hub: HubProcess): Promise<void> {
  const late = performance.now() + signedWithinMs
  const { body } = await hub.get('/api/v1/status')
  const { entries } = body['witness'] as { entries: number } // the schema of the answer says so
  for (;;) {
    const { body } = await hub.get('/api/v1/status')
    const { seal } = body['witness'] as { seal: { signed: number } | null }
    if (seal !== null && seal.signed >= entries) return
    if (performance.now() > late) throw new Error(`not signed: ${JSON.stringify(body)}`)
    await sleep(againMs)
  }
}

/** A copy of a stopped site's data, to be attacked. */
export interface Copy {
  readonly data: string
  readonly witness: string
  /** The file with the newest head. */
  readonly head: string
  /** The only file of sealed lines. */
  readonly segment: string
  lines(): readonly string[]
  write(lines: readonly string[]): void
}

export function copyOf({ room }: SealedSite, name: string): Copy {
  const data = join(room.folder, name)
  // a running hub's lock is a socket, which nobody copies
  cpSync(room.data, data, { recursive: true, filter: (path) => !/lock\.\d+$/.test(path) })
  const witness = join(data, 'witness')
  const segment = join(witness, 'segments', '000000.ndjson')
  return {
    data,
    witness,
    head: join(witness, 'checkpoint'),
    segment,
    lines: () => readFileSync(segment, 'utf8').split('\n').slice(0, -1),
    write: (lines) => writeFileSync(segment, lines.map((line) => `${line}\n`).join('')),
  }
}

/** What somebody did, and what the verifier MUST say; null: all is good. */
export interface Expected {
  readonly attack: string
  readonly done: string
  readonly fault: AuditFault | null
  /** What the sentence with the verdict has. */
  readonly detail?: RegExp
}

/** Runs `infra witness verify`, looks at what it says and at its exit code, and adds a line to the table. */
export async function verified(
  t: Test,
  words: readonly string[],
  { attack, done, fault, detail = /^/ }: Expected,
): Promise<AuditVerdict> {
  const { code, out, err } = await infra(t, ['witness', 'verify', ...words, '--json'])
  const said = JSON.parse(out || '{}') as { seal?: AuditVerdict } & AuditVerdict
  const verdict = said.seal ?? said
  const expected = fault === null ? 0 : auditExit[fault]
  t.match({ code, verdict, err }, { code: expected, verdict: { fault, detail } }, attack)
  attackRow({
    attack,
    done,
    verdict: verdict.fault ?? 'good',
    exit: `${code}`,
    expected: `${expected}`,
  })
  return verdict
}
