import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '../bus/log.ts'
import { parsePolicy, type Policy } from '../witness/check/policy.ts'
import { cosign } from '../witness/cosign/client.ts'
import { consistencyPath } from '../witness/merkle/proof.ts'
import {
  batchLines,
  checkJournal,
  positionsOf,
  publish,
  seal,
  signHead,
  type Entry,
} from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { newKey, readKey, writeKey, type Signer } from '../witness/sign/key.ts'
import { journalOf } from './offline.ts'
import type { SealOrder, SealReport, SealTask } from './seal-task.ts'
import { openSource, type Source } from './source.ts'

// Sealing in a process of its own: hashing and signing must not delay a press. It reads the journal as any reader does,
// up to where the hub says that it is safely stored. Started by sealing.ts.

/** How long it waits for more before it looks whether there is something to sign. Milliseconds. */
const idleMs = 100

async function run(task: SealTask): Promise<void> {
  // before anything is waited for: an order that comes while nobody listens is lost
  let upTo: string | null = null
  let stop = false
  let signs = false
  let wake = () => {}
  process.on('message', (order: SealOrder) => {
    if ('stop' in order) stop = true
    else if ('signs' in order) ({ signs } = order)
    else ({ upTo } = order)
    wake()
  })
  process.once('disconnect', () => {
    stop = true // the hub is gone: what is sealed is safe, and the next start goes on
    wake()
  })

  const folder = join(task.data, 'witness')
  const signer = signerAt(task)
  const policy = task.policy === null ? null : parsePolicy(task.policy)
  const store = new SealStore(folder)
  writeFileSync(join(folder, 'log.vkey'), `${signer.vkey}\n`)
  const source = await openSource(task.config, journalOf(task.data))
  if (store.size === 0 && (await source.base()) !== null)
    throw new Error(
      `the journal was trimmed, and nothing of it is sealed in ${folder}: copy that folder from a hub that has sealed it all, and start again`,
    )
  let cursor = await checkedCursor(store, source)
  let signedAt: number | null = null
  let signed = { size: 0, root: '' }
  let witnessed: SealReport['witnessed'] = null
  const report = (unwitnessed: string | null) => {
    const { size, root } = signed
    const said: SealReport = {
      sealed: store.size,
      signed: size,
      root,
      signedAt,
      witnessed,
      unwitnessed,
      trouble: null,
    }
    if (process.connected) process.send?.(said)
  }
  async function sign(): Promise<void> {
    const head = signHead(store, signer)
    const { lines, times, unwitnessed } = await cosignatures(policy, store, head)
    publish(store, head, lines)
    signed = head
    signedAt = Date.now()
    if (policy !== null && unwitnessed === null)
      witnessed = { size: head.size, at: Math.min(...times) * 1000 }
    report(unwitnessed)
  }

  while (!stop) {
    if (upTo !== cursor && upTo !== null)
      cursor = await sealUpTo(store, source, cursor, upTo, () => stop)
    if (signs && store.size > signed.size && Date.now() - (signedAt ?? 0) >= task.signAfterMs)
      await sign()
    if (upTo === cursor || upTo === null)
      await Promise.race([sleep(idleMs), new Promise<void>((resolve) => (wake = resolve))])
  }
  if (upTo !== null && upTo !== cursor) await sealUpTo(store, source, cursor, upTo, () => false)
  if (signs && store.size > signed.size) await sign()
  store.close()
  await source.close()
  if (process.connected) process.disconnect()
}

/** Seals what the journal has after `cursor`, up to and with `upTo`; gives back the newest that is sealed. */
async function sealUpTo(
  store: SealStore,
  source: Source,
  cursor: string | null,
  upTo: string,
  isEnough: () => boolean,
): Promise<string | null> {
  let newest = cursor
  let batch: Entry[] = []
  const after = cursor as Position | null // what this process has read there before
  for await (const { position, body } of source.read(after, new AbortController().signal)) {
    batch.push({ rid: position, body })
    if (batch.length < batchLines && position !== upTo) continue
    seal(store, batch)
    newest = position
    batch = []
    if (position === upTo || isEnough()) break
  }
  return newest
}

/** The position that sealing goes on after, once the journal was seen to have what is sealed. */
async function checkedCursor(store: SealStore, source: Source): Promise<string | null> {
  const { before, newest } = positionsOf(store)
  if (newest === null) return null
  let found: Entry | null = null
  try {
    for await (const { position, body } of source.read(
      before as Position | null,
      new AbortController().signal,
    )) {
      found = { rid: position, body }
      break
    }
  } catch {
    // it has no such position any more: what checkJournal says of nothing
  }
  checkJournal(store, found)
  return newest
}

async function cosignatures(
  policy: Policy | null,
  store: SealStore,
  head: { readonly size: number; readonly text: string; readonly note: string },
) {
  const asked = (policy?.witnesses ?? []).flatMap(({ key, url }) =>
    url === null ? [] : [{ key, url }],
  )
  const proofFrom = (old: number) =>
    old === 0 || old > head.size
      ? []
      : consistencyPath(old, head.size).map((range) => store.hashOf(range))
  const answers = await Promise.all(
    asked.map(async (witness) => ({
      raw: witness.key.raw,
      answer: await cosign(witness, head, 0, proofFrom),
    })),
  )
  const good = answers.flatMap(({ raw, answer }) => (answer.ok ? [{ raw, ...answer }] : []))
  const faults = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer]))
  const ahead = faults.find(({ fault }) => fault === 'ahead')
  // this log has lost what it once had: to sign on would make the second history
  if (ahead !== undefined) throw new Error(ahead.detail)
  const isQuorum = policy?.isQuorum(new Set(good.map(({ raw }) => raw))) ?? true
  return {
    lines: good.map(({ line }) => line),
    times: good.map(({ at }) => at),
    unwitnessed: isQuorum ? null : faults.map(({ detail }) => detail).join('; '),
  }
}

/** The key of the log; made where there is none yet. */
function signerAt({ keyFile, origin }: SealTask): Signer {
  mkdirSync(dirname(keyFile), { recursive: true })
  if (!existsSync(keyFile)) writeKey(keyFile, newKey(origin, 'log'))
  const signer = readKey(keyFile)
  if (signer.name !== origin || signer.use !== 'log')
    throw new RangeError(
      `the key in ${keyFile} is of ${signer.name}, and the log is ${origin}: name another keyFile or origin in the config's witness`,
    )
  return signer
}

process.once('message', (task: SealTask) => {
  run(task).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error)
    const said: SealReport = {
      sealed: 0,
      signed: 0,
      root: '',
      signedAt: null,
      witnessed: null,
      unwitnessed: null,
      trouble: detail,
    }
    process.send?.(said, () => process.exit(1))
  })
})
