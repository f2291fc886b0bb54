import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { WebSocket } from 'ws'
import { allControls, spotOf } from './grid.ts'
import { type Hand, listening, portOf, type Way } from './way.ts'

/** As many connections as a busy machine room has programs; the rest of the presses wait in the client. */
const connections = 32

const fire = (number: number) => ({
  verb: 'fire',
  device: 'd0',
  action: '/cue/go',
  args: [number],
})

function posting(
  port: number,
  pathAndBody: (number: number) => readonly [path: string, body: string],
): Hand {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let isClosed = false
  return {
    press(number) {
      const [path, body] = pathAndBody(number)
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }
      const options = { agent, host: '127.0.0.1', port, path, method: 'POST', headers }
      request(options, (answer) => {
        const { statusCode } = answer
        if (statusCode !== 202 && statusCode !== 200)
          throw new Error(`HTTP answered ${statusCode} to ${path}`)
        answer.resume()
      })
        .once('error', (error) => {
          if (!isClosed) throw error
        })
        .end(body)
    },
    close() {
      isClosed = true
      agent.destroy()
    },
  }
}

export const http: Way = {
  name: 'HTTP',
  link: `TCP, ${connections} at once`,
  surface: null,
  says: 'number',
  prepare: listening('', (address) => {
    const body = (number: number) => JSON.stringify({ intent: fire(number) })
    const hand = posting(portOf(address), (number) => ['/api/v1/intents', body(number)])
    return Promise.resolve(hand)
  }),
}

export const companionHttp: Way = {
  name: 'companion-http',
  link: `TCP, ${connections} at once`,
  surface: 'companion-http',
  says: allControls,
  prepare: listening('type: companion-http, port: 0', (address) => {
    const pathOf = (number: number) => {
      const { row, col } = spotOf(number)
      return `/api/location/1/${row}/${col}/press`
    }
    return Promise.resolve(posting(portOf(address), (number) => [pathOf(number), '']))
  }),
}

export const webSocket: Way = {
  name: 'WebSocket',
  link: 'TCP',
  surface: null,
  says: 'number',
  prepare: listening('', async (address) => {
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(address)}/api/v1/stream`)
    await once(socket, 'open')
    // what the hub says is read: who does not is not read from, either
    socket.on('message', () => {})
    return {
      press: (number) =>
        socket.send(JSON.stringify({ type: 'submit', ref: number, intent: fire(number) })),
      close: () => socket.terminate(),
    }
  }),
}
