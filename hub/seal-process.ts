import { readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '../bus/log.ts'
import { parsePolicy } from '../witness/check/policy.ts'
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
import { journalOf } from './data-folder.ts'
import { cosignatures } from './seal/cosignatures.ts'
import { differing, keyOrder } from './seal/seal-orders.ts'
import { openLogKeys, type LogKeys } from './seal/seal-keys.ts'
import {
  nothingSealed,
  type SealedTree,
  type SealOrder,
  type SealReport,
  type SealSaid,
  type SealTask,
} from './seal/seal-task.ts'
import { openSource, type Source } from './site/source.ts'

// Sealing in a process of its own: hashing and signing must not delay a press. It reads the journal as any reader does,
// up to where the hub says that it is safely stored. Started by sealing.ts.

/** Behind the hub, where both want a core: a press goes before its seal, and the seal still gets a quarter. 0 is a hub's. */
const priority = 5
/** How long it waits for more before it looks whether there is something to sign. Milliseconds. */
const idleMs = 100

function say(said: SealSaid): void {
  // a hub that was killed a moment ago hears nothing, and `disconnect` ends this process
  if (process.connected) process.send?.(said, undefined, undefined, () => {})
}

async function run(task: SealTask): Promise<void> {
  setPriority(priority)
  const folder = join(task.data, 'witness')
  const keys = openLogKeys(task.keyFile, task.origin, folder)
  if (keys.made !== null) say({ news: 'key-made', key: keys.made })
  if (keys.finished !== null) say({ news: 'key-changed', ...keys.finished, next: keys.signer.vkey })
  const policy =
    task.policyFile === null ? null : parsePolicy(readFileSync(task.policyFile, 'utf8'))
  const store = new SealStore(folder)
  let upTo: string | null = null
  let stop = false
  let signs = false
  let wake = () => {}
  /** What other hubs say of their trees, as far as this one does not reach yet. */
  const others = new Map<string, SealedTree>()
  // before anything is waited for: what comes while nobody listens is lost
  process.on('message', (order: SealOrder) => {
    if ('stop' in order) stop = true
    else if ('told' in order) keys.told()
    else if ('signs' in order) ({ signs } = order)
    else if ('key' in order) say(keyOrder(order.key, keys, store.size))
    else if ('other' in order) others.set(order.other, order.tree)
    else ({ upTo } = order)
    wake()
  })
  process.once('disconnect', () => {
    stop = true // the hub is gone: what is sealed is safe, and the next start goes on
    wake()
  })
  // not before it listens: the hub says all this at once, and says it once
  const source = await openSource(task.config, journalOf(task.data))
  if (store.size === 0 && ((await source.base?.()) ?? null) !== null)
    throw new Error(
      `the journal was trimmed, and nothing of it is sealed in ${folder}: copy that folder from a hub that has sealed it all, and start again`,
    )
  let cursor = await checkedCursor(store, source)
  let signedAt: number | null = null
  let signed = { size: 0, root: '' }
  let signedTo: string | null = null
  let witnessed: SealReport['witnessed'] = null
  let beat: SealReport['beat'] = null
  let toldAt = 0
  let toldSize = 0
  const report = (unwitnessed: string | null) => {
    const { size, root } = signed
    const tree = { size: store.size, root: store.root.toString('base64') }
    toldAt = Date.now()
    toldSize = tree.size
    say({
      sealed: store.size,
      signed: size,
      root,
      tree,
      upTo: signedTo,
      beat,
      signedAt,
      witnessed,
      unwitnessed,
      trouble: null,
    })
  }
  let newestUnwitnessed: string | null = null
  async function sign(): Promise<void> {
    const head = signHead(store, keys.signer)
    const { lines, witnesses, times, unwitnessed } = await cosignatures(policy, store, head)
    publish(store, head, lines)
    signed = head
    signedTo = cursor
    signedAt = Date.now()
    newestUnwitnessed = unwitnessed
    if (unwitnessed === null) beat = { size: head.size, root: head.root, witnesses }
    if (policy !== null && unwitnessed === null)
      witnessed = { size: head.size, at: Math.min(...times) * 1000 }
    report(unwitnessed)
  }
  /** The head that has the entry of the change is the last of the old key, whether this hub signs for its site or not. */
  async function handOver(): Promise<void> {
    await sign()
    const old = keys.signer.vkey
    const { retired } = keys.handOver()
    say({ news: 'key-changed', old, next: keys.signer.vkey, last: store.size, retired })
  }
  function compare(): void {
    const found = differing(others, store)
    if (found === null) return
    say({ news: 'differs', ...found })
    const { other, size, root, otherRoot } = found
    throw new Error(
      `the hub ${other} has sealed another history: over ${size} lines its root is ${otherRoot}, and here it is ${root}`,
    )
  }
  async function sealSome(isEnough: () => boolean): Promise<void> {
    if (upTo === null || upTo === cursor) return
    const done = await sealUpTo(store, source, cursor, upTo, isEnough, keys)
    cursor = done.newest
    compare()
    if (done.handsOver) await handOver()
  }

  const { newest } = store
  // the last process ended right between the entry and the hand-over
  if (newest !== null && keys.handsOver(newest.toString(), store.size - 1)) await handOver()
  while (!stop) {
    await sealSome(() => stop)
    compare()
    const isDue = Date.now() - Math.max(toldAt, signedAt ?? 0) >= task.signAfterMs
    if (signs && store.size > signed.size && isDue) await sign()
    else if (!signs && store.size > toldSize && isDue) report(newestUnwitnessed)
    if (upTo === cursor || upTo === null)
      await Promise.race([sleep(idleMs), new Promise<void>((resolve) => (wake = resolve))])
  }
  for (let before: string | null = ''; before !== cursor;) {
    before = cursor
    await sealSome(() => false)
  }
  if (signs && store.size > signed.size) await sign()
  store.close()
  await source.close()
  if (process.connected) process.disconnect()
}

/**
 * Seals what the journal has after `cursor`, up to and with `upTo`, or an entry that changes the key; gives back the newest
 * that is sealed.
 */
async function sealUpTo(
  store: SealStore,
  source: Source,
  cursor: string | null,
  upTo: string,
  isEnough: () => boolean,
  keys: LogKeys,
): Promise<{ readonly newest: string | null; readonly handsOver: boolean }> {
  let newest = cursor
  let batch: Entry[] = []
  const after = cursor as Position | null // what this process has read there before
  for await (const { position, body } of source.read(after, new AbortController().signal)) {
    batch.push({ rid: position, body })
    const handsOver = keys.handsOver(body, store.size + batch.length - 1)
    if (batch.length < batchLines && position !== upTo && !handsOver) continue
    seal(store, batch)
    newest = position
    batch = []
    if (handsOver) return { newest, handsOver }
    if (position === upTo || isEnough()) break
  }
  return { newest, handsOver: false }
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

// Ctrl-C and systemd signal every process of the hub: this one ends behind it, when all is sealed that it recorded
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

process.once('message', (task: SealTask) => {
  run(task).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error)
    const said: SealReport = { ...nothingSealed, trouble: detail }
    process.send?.(said, () => process.exit(1))
  })
})
