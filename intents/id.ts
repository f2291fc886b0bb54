declare const brand: unique symbol
export type Brand<T, B extends string> = T & { readonly [brand]: B }

/** UUIDv7 (RFC 9562 section 5.7), made by the sender: the idempotency key of a submission. */
export type IntentId = Brand<string, 'IntentId'>
/** The name of a device in the config: a letter, then letters, digits, `_`, `-`; at most 64. */
export type DeviceId = Brand<string, 'DeviceId'>
/** The name of a macro in the config; the same form as {@link DeviceId}. */
export type MacroId = Brand<string, 'MacroId'>
/** One run of a macro: the id of the `run` intent that started it. */
export type RunId = Brand<string, 'RunId'>
/** What a hub can have a lease of: a device by its name, or `$macros`, the runs of the site. */
export type LeaseId = DeviceId | typeof macroLease | typeof sealLease
/** No device's name begins with `$`. */
export const macroLease = '$macros'

/** Who signs the head of the sealed journal: every hub of a site seals, and one of them signs. */
export const sealLease = '$seal'

export function isDevice(lease: LeaseId): lease is DeviceId {
  return lease !== macroLease && lease !== sealLease
}

/** Where the site's variables are: a device of the config cannot have this name. */
export const siteDevice = 'site' as DeviceId

/** Milliseconds since the epoch, UTC. */
export type Instant = Brand<number, 'Instant'>

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const pool = new Uint8Array(8192)
let used = pool.length
let lastMs = 0
let counter = 0

/**
 * A new UUIDv7: 48 bits of time, a 12-bit counter that keeps ids of one millisecond in order, 62 random bits.
 * Random bytes come in pages, because this is on the way of every press (`docs/dependencies.md`, uuid).
 */
export function newId(now: number): IntentId {
  if (used + 8 > pool.length) {
    globalThis.crypto.getRandomValues(pool)
    used = 0
  }
  if (now > lastMs) {
    lastMs = now
    counter = 0
  } else if (++counter > 0xfff) {
    // RFC 9562 section 6.2: when the counter runs over, the time part moves ahead of the clock
    lastMs++
    counter = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const at = (offset: number, mask = 0xff, set = 0) =>
    hex[((pool[used + offset] ?? 0) & mask) | set]
  const seq = counter.toString(16).padStart(3, '0')
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${seq}-${at(0, 0x3f, 0x80)}${at(1)}-${at(2)}${at(3)}${at(4)}${at(5)}${at(6)}${at(7)}`
  used += 8
  return id as IntentId // made just above in the right form
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether `text` is a lower-case UUID of any version (RFC 9562). Senders should make version 7. */
export function isId(text: string): text is IntentId {
  return uuid.test(text)
}

/** The time inside a UUIDv7; 0 for every other version, which carries none. */
export function idTime(id: IntentId): number {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0
}

const word = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** Whether `text` may name a device, macro, surface, named intent, site or hub. */
export function isName(text: string): boolean {
  return word.test(text)
}
