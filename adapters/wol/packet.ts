import { Buffer } from 'node:buffer'
import { isIPv4 } from 'node:net'

/** Six bytes in hexadecimal, with `:`, `-`, dots as some switches write them, or nothing between. */
export const macForm =
  '^(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\\1){4}[0-9A-Fa-f]{2}$|^(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4}$|^[0-9A-Fa-f]{12}$'
const mac = new RegExp(macForm)

/** The bytes of a MAC address; null where `text` is none. */
export function macBytes(text: string): Buffer | null {
  return mac.test(text) ? Buffer.from(text.replaceAll(/[:.-]/g, ''), 'hex') : null
}

/** A MAC address in the one form in which it is shown: `00:11:22:aa:bb:cc`. */
export function shownMac(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

/** The bytes of a SecureOn password: six as a MAC address is written, or four as an IPv4 address is. Null where it is none. */
export function passwordBytes(text: string): Buffer | null {
  return isIPv4(text) ? Buffer.from(text.split('.').map(Number)) : macBytes(text)
}

/**
 * The magic packet: six bytes of ff, then sixteen times the address, then the password where there is one (AMD
 * publication 20213, "Magic Packet Technology"; SecureOn: of National Semiconductor's controllers).
 */
export function magicPacket(mac: Uint8Array, password: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => mac), password])
}

/** Whom a datagram wakes, and what stands behind it. Hostile. Null where it is no magic packet. */
export function readMagicPacket(
  bytes: Buffer,
): { readonly mac: Buffer; readonly password: Buffer } | null {
  const password = bytes.subarray(102)
  if (
    bytes.length < 102 ||
    (password.length !== 0 && password.length !== 4 && password.length !== 6)
  )
    return null
  const mac = bytes.subarray(6, 12)
  return magicPacket(mac, password).equals(bytes) ? { mac, password } : null
}
