import type { IncomingMessage, ServerResponse } from 'node:http'
import type { House } from './house.ts'

export interface CameraPicture {
  readonly type: string
  readonly bytes: Uint8Array
}

/** The start of a JPEG (JFIF) and its end: it has no pixels, and nobody here looks at them. */
export const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')

interface Web {
  readonly house: House
  readonly token: string | null
  /** Null: the cameras are off. */
  readonly picture: CameraPicture | null
}

/** The REST API as far as pictures go (developer documents, "REST API"). */
export function web(
  { house, token, picture }: Web,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [path = ''] = (request.url ?? '').split('?')
  const [, entity = ''] = /^\/api\/camera_proxy\/([a-z0-9_.]+)$/.exec(path) ?? []
  // as captured from 2021.3: plain text
  if (token !== null && request.headers.authorization !== `Bearer ${token}`)
    response
      .writeHead(401, { 'content-type': 'text/plain; charset=utf-8' })
      .end('401: Unauthorized')
  else if (!house.things.has(entity)) response.writeHead(404).end('404: Not Found')
  else if (picture === null) response.writeHead(503).end()
  else response.writeHead(200, { 'content-type': picture.type }).end(picture.bytes)
}
