import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { writeJournal } from '../bench/journal.ts'
import type { SealOrder, SealSaid, SealTask } from '../hub/seal/seal-task.ts'
import { auditFolder } from '../witness/audit/folder.ts'
import type { FoundHead } from '../witness/audit/audit.ts'
import type { AuditVerdict } from '../witness/audit/verdict.ts'
import { parsePolicy } from '../witness/check/policy.ts'
import { parseVkey } from '../witness/check/vkey.ts'
import { parseAddCheckpoint } from '../witness/cosign/request.ts'
import { openWitness } from '../witness/cosign/server.ts'
import { newKey, parseKey, writeKey } from '../witness/sign/key.ts'
import { newRoom } from './hub-process.ts'
import { programOf } from './program.ts'

// The process that seals, as a hub starts it, over a journal that is there already; it may die at any moment. A witness
// sees and remembers every head that it ever signs and lets out.

/** A process that has not done it by then hangs. Milliseconds. */
const withinMs = 60_000

export interface Life {
  /** Whether it sealed and signed all that there was, and ended well. */
  readonly done: boolean
  readonly signal: NodeJS.Signals | null
  /** Why it gave up; null where it did not say. */
  readonly trouble: string | null
}

/** So many milliseconds after it was started, or after its first report. */
export interface Kill {
  readonly from: 'start' | 'report'
  readonly afterMs: number
}

export interface SealRoom {
  /** The folder `witness`. */
  readonly witness: string
  /** Entries in the journal. */
  readonly entries: number
  /** A journal of which nothing is sealed yet, and a witness that knows nothing. */
  renew(): void
  /**
   * Starts the process and lets it work through all stages; `before` are words before the command, such as strace's, and
   * `kill` says when it is killed.
   */
  live(before?: readonly string[], kill?: Kill): Promise<Life>
  /** Every head that was ever signed and let out, in the order in which they came. */
  readonly heads: readonly FoundHead[]
  /** The verdict over what there is now, with every one of these heads. */
  audit(): Promise<AuditVerdict>
}

/** `stages`: how far the journal is safely stored, one after the other: after each a head is signed. Multiples of 3. */
export async function sealRoom(t: Test, stages: readonly number[]): Promise<SealRoom> {
  const entries = stages.at(-1) ?? 0
  const { folder } = newRoom(t, '')
  const data = join(folder, 'data')
  const made = join(folder, 'made')
  await writeJournal(made, entries)
  const line = newKey('studio.example/journal', 'log')
  const { vkey } = parseKey(line)
  const keyFile = join(folder, 'log.key')
  writeKey(keyFile, line)
  const memory = await rememberingWitness(t, join(folder, 'w1'), vkey)
  const policy = `log ${vkey}\nwitness w1 ${memory.vkey} ${memory.url}\nquorum w1\n`
  const policyFile = join(folder, 'policy')
  writeFileSync(policyFile, policy)
  const task: SealTask = {
    config: { site: 's', log: { engine: 'file' } },
    ...{ data, origin: 'studio.example/journal', keyFile, policyFile, signAfterMs: 0 },
  }
  const progress = { stage: 0, stages }
  return {
    witness: join(data, 'witness'),
    entries,
    renew() {
      progress.stage = 0
      rmSync(data, { recursive: true, force: true })
      mkdirSync(data)
      cpSync(join(made, 'journal'), join(data, 'journal'), {
        recursive: true,
        filter: (path) => !/lock\.\d+$/.test(path),
      })
      memory.forget()
    },
    live: (before = [], kill) => live(task, progress, before, kill),
    heads: memory.heads,
    audit: () =>
      auditFolder(join(data, 'witness'), {
        policy: parsePolicy(policy),
        strict: true,
        threads: 1,
        heads: memory.heads,
      }),
  }
}

/** `progress`: the stage up to which the journal was said to be stored; a hub never takes that back. */
function live(
  task: SealTask,
  progress: { stage: number; readonly stages: readonly number[] },
  before: readonly string[],
  kill?: Kill,
): Promise<Life> {
  const [command = '', ...words] = [...before, process.execPath, ...programOf('hub/seal-process')]
  const child = spawn(command, words, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, UV_USE_IO_URING: '0' },
  })
  const order = (one: SealOrder) => {
    if (child.connected) child.send(one)
  }
  let trouble: string | null = null
  let isDone = false
  let timer: NodeJS.Timeout | undefined
  const killFrom = (from: Kill['from']) => {
    if (kill?.from === from) timer ??= setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  }
  killFrom('start')
  child.on('error', () => {}) // what could not be sent: its end says so
  child.on('message', (said: SealSaid) => {
    if ('news' in said) return
    trouble = said.trouble
    killFrom('report')
    const { stages, stage } = progress
    if (said.signed < (stages[stage] ?? 0)) return
    const next = stages[stage + 1]
    isDone = next === undefined
    if (next !== undefined) progress.stage++
    order(next === undefined ? { stop: true } : { upTo: String(next) })
  })
  child.send(task)
  order({ signs: true })
  order({ upTo: String(progress.stages[progress.stage]) })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the process that seals hangs at stage ${progress.stage}: ${trouble}`))
    }, withinMs)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      clearTimeout(timer)
      resolve({ done: isDone && code === 0, signal, trouble })
    })
  })
}

/** A witness, and before it somebody who writes down every head that it is shown. */
async function rememberingWitness(t: Test, keep: string, logVkey: string) {
  const signer = parseKey(newKey('auditor.example/w1', 'witness'))
  const witness = await openWitness({
    ...{ signer, logs: [parseVkey(logVkey)], folder: keep, host: '127.0.0.1', port: 0 },
    now: () => Math.floor(Date.now() / 1000),
  })
  const heads: FoundHead[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const { note, size } = parseAddCheckpoint(body).checkpoint
      heads.push({ name: `shown, ${size}`, note: body.subarray(body.indexOf(note.text)) })
      fetch(`${witness.address}${request.url}`, { method: 'POST', body })
        .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
        .catch(() => response.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.close()
    server.closeAllConnections()
    await witness.close()
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    ...{ vkey: signer.vkey, url: `http://127.0.0.1:${port}`, heads },
    forget() {
      heads.length = 0
      rmSync(keep, { recursive: true, force: true })
      mkdirSync(keep, { recursive: true })
    },
  }
}

/** What must be true of a room in which all has been gone on with after whatever happened. */
export async function faultsOf(room: SealRoom): Promise<readonly string[]> {
  const verdict = await room.audit()
  const { ok, sealed, witnessed, unsealed, fault, detail } = verdict
  const isWhole = sealed?.size === room.entries && witnessed?.isQuorum === true && unsealed === 0
  const bySize = new Map<string, Set<string>>()
  for (const { note } of room.heads) {
    const [, size = '', root = ''] = Buffer.from(note).toString().split('\n')
    bySize.set(size, (bySize.get(size) ?? new Set()).add(root))
  }
  return [
    ...(ok ? [] : [`${fault}: ${detail}`]),
    ...(isWhole ? [] : [`not all is sealed and cosigned: ${JSON.stringify(verdict)}`]),
    ...[...bySize].flatMap(([size, roots]) =>
      roots.size === 1 ? [] : [`${roots.size} roots were signed of ${size} lines`],
    ),
  ]
}

/** Puts another root in a head, for the control: whoever looks must see it. */
export function forgeState(room: SealRoom): void {
  const path = join(room.witness, 'checkpoints', String(room.entries))
  const [origin, size, root = '', ...rest] = readFileSync(path, 'utf8').split('\n')
  const other = `${root.startsWith('A') ? 'B' : 'A'}${root.slice(1)}`
  writeFileSync(path, [origin, size, other, ...rest].join('\n'))
}
