import type { SealStore } from '../../witness/seal/store.ts'
import type { LogKeys } from './seal-keys.ts'
import type { SealedTree, SealNews } from './seal-task.ts'

/** Carries out what is ordered of the keys, in a log of `size` lines; what it says then. */
export function keyOrder(order: 'prepare' | 'change', keys: LogKeys, size: number): SealNews {
  try {
    const { next, made } = keys.prepare()
    return order === 'prepare'
      ? { news: 'key-next', old: keys.signer.vkey, next: next.vkey, made }
      : { news: 'key-signed', change: keys.change(size), made }
  } catch (error) {
    return { news: 'key-refused', detail: error instanceof Error ? error.message : String(error) }
  }
}

/** The first of the other hubs whose root over its lines is not this one's; those that were compared are taken out. */
export function differing(
  others: Map<string, SealedTree>,
  store: SealStore,
): Omit<Extract<SealNews, { news: 'differs' }>, 'news'> | null {
  for (const [other, { size, root: otherRoot }] of others) {
    if (size > store.size) continue // this one will come there
    others.delete(other)
    const root = store.rootAt(size).toString('base64')
    if (root !== otherRoot) return { other, size, root, otherRoot }
  }
  return null
}
