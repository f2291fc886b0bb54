import type { Preview } from '../adapter.ts'
import type { HttpCommand, HttpOptions } from './options.ts'

/** The request as it would leave; who we are there stands for itself, because that is a secret. */
export function previewOf(
  { method, path, headers, body }: HttpCommand,
  { url, token, user, auth }: HttpOptions,
): Preview {
  const { origin, host, pathname, username } = new URL(url)
  const scheme =
    token !== undefined
      ? 'Bearer'
      : auth === 'digest'
        ? 'Digest'
        : user !== undefined || username !== ''
          ? 'Basic'
          : null
  const fields = Object.entries(headers).map(([name, text]) => `${name}: ${text}`)
  const lines = [
    `${method} ${pathname.replace(/\/$/, '')}${path} HTTP/1.1`,
    `host: ${host}`,
    ...fields,
    ...(scheme === null || 'authorization' in headers
      ? []
      : [`authorization: ${scheme} (not shown)`]),
    ...(body === null ? [] : [`content-length: ${Buffer.byteLength(body)}`, '', body]),
  ]
  return { to: origin, text: lines.join('\n'), bytes: null }
}
