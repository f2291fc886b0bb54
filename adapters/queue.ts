/** First in, first out, and back to the front: a device's order. Each operation takes constant time where nothing else is said. */
export interface Queue<T> {
  first(): T | undefined
  push(item: T): void
  shift(): T | undefined
  /** Back to the front, behind those there that come before it. Time as they are many. */
  putBack(item: T, isBefore: (other: T) => boolean): void
  /** In front of those at the end that come later than it. Time as they are many. */
  insert(item: T, isLater: (other: T) => boolean): void
  /** Takes it out, looked for from the end; nothing where it is not there. */
  remove(item: T): void
  size(): number
  [Symbol.iterator](): Iterator<T>
}

/** What is left of the array in front of the head before it is cut off. */
const slack = 1024

export function queue<T>(): Queue<T> {
  let items: (T | undefined)[] = []
  let head = 0
  return {
    first: () => items[head],
    push: (item) => void items.push(item),
    shift() {
      if (head >= items.length) return undefined
      const item = items[head]
      items[head++] = undefined
      if (head === items.length) {
        items = []
        head = 0
      } else if (head > slack && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    putBack(item, isBefore) {
      let at = head
      while (at < items.length && isBefore(items[at] as T)) at++ // only slots before the head are empty
      if (at === head && head > 0) items[--head] = item
      else items.splice(at, 0, item)
    },
    insert(item, isLater) {
      let at = items.length
      while (at > head && isLater(items[at - 1] as T)) at-- // only slots before the head are empty
      items.splice(at, 0, item)
    },
    remove(item) {
      const at = items.lastIndexOf(item)
      if (at >= head) items.splice(at, 1)
    },
    size: () => items.length - head,
    *[Symbol.iterator]() {
      for (let i = head; i < items.length; i++) yield items[i] as T // only slots before the head are empty
    },
  }
}
