import type { IncomingMessage, ServerResponse } from 'node:http'
import type { House } from './house.ts'

export interface CameraPicture {
  readonly type: string
  readonly bytes: Uint8Array
}

/** What the camera at the door sees: a JPEG of 160 × 90 pixels. */
export const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i' +
    'Z2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj' +
    'Y2NjY2NjY2P/wAARCABaAKADASIAAhEBAxEB/8QAGQABAAMBAQAAAAAAAAAAAAAAAAIEBQMG/8QAKRABAAACCAYDAQEAAAAAAAAA' +
    'AASBAQIDERJDocETFCFRUmEVMUJBcf/EABgBAQADAQAAAAAAAAAAAAAAAAABAwQC/8QAHBEBAQACAwEBAAAAAAAAAAAAAAEDMgIR' +
    'EjFR/9oADAMBAAIRAxEAPwDyoCxWAAAAAnZ2Ve0vwUX3ffVFvX1MnfxAduVtvDWg5W28NaEeuP6nzy/HEduVtvDWg5W28NaD1x/T' +
    'zy/HETtLKvZ3Y6Lr/rqgmXv4izr6AJQAAAAAAAAAALkBmS3U1yAzJbq8utWY9o0cFXsYKvZIYmxHBV7GCr2SAZkflz2U1yPy57Kb' +
    'bi1jHk2oAsVgAAAAAAAAAC5AZkt1NcgMyW6vLrVmPaNMBibAGl8bU+P5jiU48GO7+f455c5x+knbzUflz2U1yPy57Kbfi1jHk2oA' +
    'sVgAAAAAAAAAC5AZkt1NcgMyW6vLrVmPaNMBibBLiV8GDHWweN/REBmR+XPZTXI/LnsptuLWMeTagCxWAAAAsgMzQAAAAO8N+pOA' +
    'izuJl6rS4vrU4vrVmjjw79tLi+tTi+tWaHg9u8T+ZuAO5Oo4t7oAlAAAAAAAAAAAAAAAAAAAAAAAAD//2Q==',
  'base64',
)

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
