/** Standard base64 with its padding (RFC 4648, section 4), in the one form that encoding gives; null for any other. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
