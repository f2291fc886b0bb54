const blank = /[ \t\n\r]*/y
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

type Expect = 'value' | 'first-item' | 'key' | 'first-key' | 'colon' | 'after'

/**
 * Where `text` stops being JSON (RFC 8259): the offset of the first token that does not fit, or the text's length
 * where it ends too early. V8 names no position for most faults, and people need one.
 */
export function jsonFaultAt(text: string): number {
  const open: string[] = []
  let expect: Expect = 'value'
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  for (;;) {
    skip(blank)
    const next = text[at]
    if (next === undefined) return at
    switch (expect) {
      case 'value':
      case 'first-item':
        if (next === '{' || next === '[') {
          open.push(next)
          expect = next === '{' ? 'first-key' : 'first-item'
          at++
        } else if (next === ']' && expect === 'first-item') {
          open.pop()
          expect = 'after'
          at++
        } else if (skip(string) || skip(scalar)) expect = 'after'
        else return at
        break
      case 'key':
      case 'first-key':
        if (next === '}' && expect === 'first-key') {
          open.pop()
          expect = 'after'
          at++
        } else if (skip(string)) expect = 'colon'
        else return at
        break
      case 'colon':
        if (next !== ':') return at
        expect = 'value'
        at++
        break
      case 'after': {
        const inside = open.at(-1)
        if (inside === undefined) return at
        if (next === ',') expect = inside === '{' ? 'key' : 'value'
        else if (next === (inside === '{' ? '}' : ']')) open.pop()
        else return at
        at++
        break
      }
      default:
        return expect satisfies never
    }
  }
}
