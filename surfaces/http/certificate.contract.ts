import { generateKeyPairSync, sign } from 'node:crypto'
import type { Tls } from './listener.ts'

/** DER (ITU-T X.690): tag, length, value. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const length =
    value.length < 128
      ? Buffer.from([value.length])
      : Buffer.from([0x82, value.length >> 8, value.length & 0xff])
  return Buffer.concat([Buffer.from([tag]), length, value])
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** A certificate for `localhost` that signs itself (RFC 5280 section 4.1), made anew for each test. */
export function testTls(): Tls {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const ecdsaWithSha256 = sequence(hex('06 08 2a 86 48 ce 3d 04 03 02'))
  const commonName = sequence(hex('06 03 55 04 03'), der(0x0c, Buffer.from('localhost')))
  const name = sequence(der(0x31, commonName))
  const time = (text: string) => der(0x17, Buffer.from(text))
  const body = sequence(
    der(0xa0, hex('02 01 02')), // version 3
    hex('02 01 01'), // serial number
    ecdsaWithSha256,
    name,
    sequence(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  }
}
