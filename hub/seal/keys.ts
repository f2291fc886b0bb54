import type { BusEvent } from '../../intents/event.ts'
import type { Actor } from '../../intents/intent.ts'
import type { KeyView } from '../../surfaces/http/seal-view.ts'
import type { Clock } from '../../bus/clock.ts'
import type { Sealing } from './sealing.ts'
import type { SealNews } from './seal-task.ts'

export interface KeysParts {
  readonly clock: Clock
  readonly sealing: Sealing
  /** Resolves when it is stored. */
  record(event: BusEvent): Promise<unknown>
  /** Tried again until it is stored. */
  insist(event: BusEvent): void
}

/** The keys of the log, as people change them: each step is an entry that says who ordered it. */
export interface Keys {
  /** Makes the key that will follow, so that witnesses and auditors can be told before. @throws RangeError */
  prepare(actor: Actor): Promise<KeyView>
  /** The next key signs from now on. Resolves when it does. @throws RangeError that says what to do */
  change(actor: Actor): Promise<KeyView>
  close(): void
}

/** Sealing has to come as far as the entry: within a second on a machine that is well. Milliseconds. */
const changedMs = 20_000

/** Who a step is told of that nobody ordered. */
const hub: Actor = { type: 'trigger', id: 'witness' }

export function openKeys({ clock, sealing, record, insist }: KeysParts): Keys {
  /** Who ordered the change that is under way. */
  let by: Actor = hub
  const waiting = new Set<(news: Extract<SealNews, { news: 'key-changed' }>) => void>()

  const off = sealing.onNews((news) => {
    // where it cannot be recorded, the next start is told of it
    if (news.news === 'key-made')
      record({ type: 'KeyMade', actor: hub, key: news.key }).then(
        () => sealing.told(),
        () => {},
      )
    if (news.news === 'differs') {
      const { size, root, other, otherRoot } = news
      insist({ type: 'HeadsDiffered', size, root, other, otherRoot })
    }
    if (news.news !== 'key-changed') return
    if (news.retired) insist({ type: 'KeyRetired', actor: by, key: news.old })
    by = hub
    for (const resolve of waiting) resolve(news)
  })

  async function tellMade(actor: Actor, made: boolean, key: string): Promise<void> {
    if (made) await record({ type: 'KeyMade', actor, key })
  }

  return {
    async prepare(actor) {
      const answer = await sealing.key('prepare')
      if (answer.news !== 'key-next') throw new Error('sealing answered something else')
      await tellMade(actor, answer.made, answer.next)
      return { old: answer.old, next: answer.next, last: null }
    },
    async change(actor) {
      const answer = await sealing.key('change')
      if (answer.news !== 'key-signed') throw new Error('sealing answered something else')
      const { change, made } = answer
      await tellMade(actor, made, change.next)
      by = actor
      const changed = untilChanged(change.next)
      await record({ type: 'KeyChanged', actor, ...change })
      return { old: change.old, next: change.next, last: await changed }
    },
    close: off,
  }

  /** The size of the last head of the key before `next`; null where it takes too long: the entry is there, and it will come. */
  function untilChanged(next: string): Promise<number | null> {
    return new Promise((resolve) => {
      const end = (last: number | null) => {
        cancel()
        waiting.delete(take)
        resolve(last)
      }
      const take = (news: { readonly next: string; readonly last: number }) => {
        if (news.next === next) end(news.last)
      }
      const cancel = clock.after(changedMs, () => end(null))
      waiting.add(take)
    })
  }
}
