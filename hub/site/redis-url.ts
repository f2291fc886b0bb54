import { readFileSync } from 'node:fs'
import { resolveSecrets } from '../../config/secret.ts'

/** The URL that a config or a command line means, its references resolved. @throws Error where it is none */
export function redisUrlOf(text: string): string {
  const resolved = resolveSecrets({ url: text }, process.env, (path) => readFileSync(path, 'utf8'))
  if (!resolved.ok) throw new Error(`the slow lane’s Redis: ${resolved.detail}`)
  const { url } = resolved.options
  // the text is not quoted: it may hold a password
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new Error('the slow lane’s Redis: expected a URL such as redis://127.0.0.1:6379')
  return url
}
