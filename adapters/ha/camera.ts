import { Agent, request as http } from 'node:http'
import { Agent as SecureAgent, request as https } from 'node:https'
import { reason } from '../../wire/system-reason.ts'
import { mostPictureBytes, type LinkContext, type Picture } from '../adapter.ts'
import { pause } from '../pause.ts'
import { pictureType } from '../picture-type.ts'
import type { HaOptions, Place } from './options.ts'
import type { Reporter } from './reporter.ts'

/** Fetches the pictures of the options, each again and again, while it is open. */
export interface Cameras {
  start(): void
  /** Stops until the next start: nobody is asked while the link is down. */
  stop(): void
  close(): void
}

export function openCameras(
  options: HaOptions,
  place: Place,
  context: LinkContext,
  report: Reporter,
): Cameras {
  const agentOptions = { keepAlive: true, maxFreeSockets: 2, timeout: 4000 }
  const agent = place.origin.startsWith('https:')
    ? new SecureAgent({ ...agentOptions, rejectUnauthorized: options.verifyTls })
    : new Agent(agentOptions)
  let running: AbortController | null = null

  async function follow(name: string, signal: AbortSignal): Promise<void> {
    const wanted = options.pictures[name]
    while (wanted !== undefined && !signal.aborted) {
      const { entity, width, height } = wanted
      const path = `${place.prefix}/api/camera_proxy/${entity}?width=${width}&height=${height}`
      const got = await fetchPicture({ options, place, agent, path, signal })
      if (signal.aborted) return
      context.picture(name, typeof got === 'string' ? null : got)
      report.value(`pictures/${name}`, typeof got === 'string' ? got : 'live')
      await pause(wanted.everyMs, signal)
    }
  }

  return {
    start() {
      running?.abort()
      running = new AbortController()
      for (const name of Object.keys(options.pictures)) void follow(name, running.signal)
    },
    stop: () => running?.abort(),
    close() {
      running?.abort()
      agent.destroy()
    },
  }
}

interface Fetching {
  readonly options: HaOptions
  readonly place: Place
  readonly agent: Agent
  readonly path: string
  readonly signal: AbortSignal
}

/** A camera's picture (developer documents, "REST API": /api/camera_proxy), or why there is none. */
function fetchPicture({
  options,
  place,
  agent,
  path,
  signal,
}: Fetching): Promise<Picture | string> {
  const { token, replyMs } = options
  return new Promise((resolve) => {
    const send = place.origin.startsWith('https:') ? https : http
    const request = send(place.origin + path, {
      agent,
      headers: { authorization: `Bearer ${token}` },
    })
    const end = (result: Picture | string) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      request.destroy()
      resolve(result)
    }
    const abort = () => end('stopped')
    const timer = setTimeout(() => end('it does not answer in time'), replyMs)
    signal.addEventListener('abort', abort)
    request.on('error', (error) => end(reason(error)))
    request.once('response', (response) => {
      const { statusCode } = response
      if (statusCode !== 200)
        return end(statusCode === 401 ? 'the token is not taken (401)' : `it answers ${statusCode}`)
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > mostPictureBytes) end('it is larger than 256 KiB: ask for fewer pixels')
        else chunks.push(chunk)
      })
      response.once('error', (error) => end(reason(error)))
      response.once('close', () => end('it was cut off'))
      response.once('end', () => {
        const bytes = Buffer.concat(chunks)
        // what it calls itself says nothing: there are cameras that send every picture as octets
        const type = pictureType(bytes)
        end(type === null ? 'it is no JPEG and no PNG' : { type, bytes })
      })
    })
    request.end()
  })
}
