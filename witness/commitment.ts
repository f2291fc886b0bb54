import { hash } from 'node:crypto'
import { canonical, type Canonical } from './canonical.ts'

// A commitment stands in the record for a value that is kept beside it and can be erased. Who has salt and value can show
// that they are what was recorded; who has not can learn nothing, and not even try values: the salt has 256 random bits.

/** What the hash begins with, so that it is of nothing else: 26 bytes of ASCII. */
const domain = 'infrafabric/commitment/v1\n'

/** Bytes. */
export const saltBytes = 32

/** The one member of a commitment object: `{"$commitment":"<base64>"}`. Nothing that comes from outside may have it. */
export const commitmentMember = '$commitment'

/** SHA-256 of {@link domain}, the salt, and the value's RFC 8785 form in UTF-8; base64. @throws TypeError, RangeError */
export function commitmentOf(value: Canonical, salt: Uint8Array): string {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`)
  return hash(
    'sha256',
    Buffer.concat([Buffer.from(domain), salt, Buffer.from(canonical(value))]),
    'base64',
  )
}

/** How salt and value are kept beside the record: canonical JSON. */
export function disclosureText(value: Canonical, salt: Uint8Array): string {
  return canonical({ salt: Buffer.from(salt).toString('base64'), value })
}

/** The value of a disclosure's text. It was written by {@link disclosureText}, and is looked at by whoever verifies. */
export function disclosedValue(text: string): unknown {
  return (JSON.parse(text) as { readonly value: unknown }).value
}

/** The hash where `value` is a commitment object; null where it is anything else. */
export function commitmentIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, commitmentMember))
    return null
  const known = (value as Readonly<Record<string, unknown>>)[commitmentMember]
  return typeof known === 'string' && Object.keys(value).length === 1 ? known : null
}

const inBody = /\{"\$commitment":"([A-Za-z0-9+/]{43}=)"\}/g

/** The commitments in a stored body, without reading the rest of it; canonical JSON has one way to write them. */
export function commitmentsOfBody(body: string): readonly string[] {
  if (!body.includes('{"$commitment":"')) return []
  return Array.from(body.matchAll(inBody), ([, commitment = '']) => commitment)
}
