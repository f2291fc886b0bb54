import { get, type Agent } from 'node:http'
import { maxDataBytes } from './protocol.ts'

/** Where the web controller of a vMix is. */
export interface StateSource {
  readonly host: string
  readonly httpPort: number
  readonly agent: Agent
  /** From the request to the last byte, ms. */
  readonly deadlineMs: number
}

/**
 * Reads the XML state at `/api/` (vMix help, "HTTP Web API"). @throws Error with one line for people: nobody there,
 * another status than 200, too large, too late.
 */
export function readHttpState({ host, httpPort, agent, deadlineMs }: StateSource): Promise<string> {
  return new Promise((resolve, reject) => {
    const where = `http://${host}:${httpPort}/api/`
    const request = get({ host, port: httpPort, path: '/api/', agent }, (response) => {
      if (response.statusCode !== 200) {
        request.destroy(new Error(`${where} answered ${response.statusCode}`))
        return
      }
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxDataBytes) request.destroy(new Error(`${where} sent too much`))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        clearTimeout(timer)
        if (response.complete) resolve(Buffer.concat(chunks).toString('utf8'))
        else reject(new Error(`${where} ended too early`))
      })
    })
    const timer = setTimeout(
      () => request.destroy(new Error(`${where} did not answer in ${deadlineMs} ms`)),
      deadlineMs,
    )
    request.on('error', reject)
    request.on('close', () => {
      clearTimeout(timer)
      // settles what neither ended nor erred; after either it changes nothing
      reject(new Error(`${where} closed the connection`))
    })
  })
}
