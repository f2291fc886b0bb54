/** Of one part of an address. Characters: what bounds the work of a match. */
const longest = 64

/** One element of a pattern: it takes one character, any number of them, or one of several texts. */
type Element =
  | { readonly is: 'one'; takes(char: string): boolean }
  | { readonly is: 'many' }
  | { readonly is: 'texts'; readonly texts: readonly string[] }

const wild = /[*?[{]/

/** Whether a part of an address is a pattern and no name. */
export function isPattern(part: string): boolean {
  return wild.test(part)
}

/**
 * Whether a text fits one part of an OSC address: `?` one character, `*` any number, `[a-f]` and `[!a-f]` one of a list or none
 * of it, `{foo,bar}` one of several (OSC 1.0, "OSC Message Dispatching and Pattern Matching"). null where a bracket is not
 * closed, or it is longer than 64 characters. Hostile: a match costs at most the product of both lengths and the number of texts.
 */
export function oscPattern(part: string): ((text: string) => boolean) | null {
  const elements = elementsOf(part)
  if (elements === null) return null
  return (text) => {
    // the places in `text` up to which the elements so far fit
    let ends = new Set([0])
    for (const element of elements) {
      ends = after(element, text, ends)
      if (ends.size === 0) return false
    }
    return ends.has(text.length)
  }
}

function after(element: Element, text: string, ends: ReadonlySet<number>): Set<number> {
  const next = new Set<number>()
  if (element.is === 'many') {
    for (let at = Math.min(...ends); at <= text.length; at++) next.add(at)
    return next
  }
  for (const at of ends)
    if (element.is === 'one') {
      const char = text[at]
      if (char !== undefined && element.takes(char)) next.add(at + 1)
    } else for (const one of element.texts) if (text.startsWith(one, at)) next.add(at + one.length)
  return next
}

function elementsOf(part: string): readonly Element[] | null {
  if (part.length > longest) return null
  const elements: Element[] = []
  for (let at = 0; at < part.length; at++) {
    const char = part[at] ?? ''
    if (char === '*') elements.push({ is: 'many' })
    else if (char === '?') elements.push({ is: 'one', takes: () => true })
    else if (char === '[' || char === '{') {
      const close = part.indexOf(char === '[' ? ']' : '}', at + 1)
      if (close === -1) return null
      const inner = part.slice(at + 1, close)
      elements.push(
        char === '['
          ? { is: 'one', takes: listed(inner) }
          : { is: 'texts', texts: inner.split(',') },
      )
      at = close
    } else elements.push({ is: 'one', takes: (other) => other === char })
  }
  return elements
}

/** The characters between `[` and `]`: ranges with `-`, none of them after `!`. */
function listed(inner: string): (char: string) => boolean {
  const negated = inner.startsWith('!')
  const list = negated ? inner.slice(1) : inner
  return (char) => {
    let found = false
    for (let at = 0; at < list.length; at++) {
      const from = list[at] ?? ''
      // a - at either end stands for itself
      const to = list[at + 1] === '-' ? list[at + 2] : undefined
      if (to === undefined) found ||= char === from
      else {
        found ||= from <= char && char <= to
        at += 2
      }
    }
    return found !== negated
  }
}
