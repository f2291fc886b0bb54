/** Something that canonical JSON can express. `undefined` members are left out, as in JSON.stringify. */
export type Canonical =
  | null
  | boolean
  | number
  | string
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined }

/**
 * Canonical JSON (RFC 8785, JCS): members sorted by UTF-16 code units, ECMAScript numbers, no white space. On the
 * way of every entry, so objects whose members already are in order (those of `bus/recorder.ts`) are not sorted.
 * @throws TypeError for what JSON cannot say: NaN, infinities, a lone surrogate (RFC 8785 section 3.2.2)
 */
export function canonical(value: Canonical): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}`)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value)
        ? list(value)
        : members(value as Readonly<Record<string, Canonical | undefined>>) // what is left of the union
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`)
  }
}

/** Printable ASCII without `"` and `\`: stands as it is. Everything else goes through JSON.stringify. */
const plain = /^[ !#-[\]-~]*$/

function quote(text: string): string {
  if (plain.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates')
  return JSON.stringify(text)
}

function list(items: readonly Canonical[]): string {
  let out = '['
  for (let i = 0; i < items.length; i++)
    out += (i === 0 ? '' : ',') + canonical(items[i] as Canonical) // i is below the length
  return `${out}]`
}

function members(object: Readonly<Record<string, Canonical | undefined>>): string {
  const keys = Object.keys(object)
  for (let i = 1; i < keys.length; i++)
    if ((keys[i - 1] as string) > (keys[i] as string)) {
      keys.sort()
      break
    }
  let out = '{'
  for (const key of keys) {
    const value = object[key]
    if (value !== undefined)
      out += (out.length === 1 ? '' : ',') + quote(key) + ':' + canonical(value)
  }
  return `${out}}`
}
