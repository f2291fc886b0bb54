import type { Sample } from '../sample.contract.ts'
import type { TextCommand } from '../text-request.ts'
import { adapter } from './adapter.ts'
import type { options, WebSocketOptions } from './options.ts'
import { simulate, type WebSocketSimulator } from './simulator.ts'

type WebSocketSample = Sample<typeof options, TextCommand, WebSocketSimulator>

const secret = 'S3CR3T-of-the-service'
const token = 'S3CR3T-token'
const password = 'S3CR3T-password'
/** As it is said in the handshake: who sees it has the password. */
const said = Buffer.from(`anna:${password}`).toString('base64')
const shared = {
  adapter,
  simulate: (earlier: WebSocketSimulator | null) =>
    simulate(earlier === null ? {} : { port: earlier.port }),
  set: { path: 'level', value: 0.5 },
  unknown: { action: 'gp', near: 'go' },
  secrets: [secret, token, password, said],
  flood(device: WebSocketSimulator, count: number) {
    for (let n = 0; n < count; n++) device.say({ event: 'flood', n })
    return { path: 'flood', value: count - 1 }
  },
}

function reaching(
  { host, port }: WebSocketSimulator,
  who: Pick<WebSocketOptions, 'token' | 'user' | 'password'> = { token },
): WebSocketOptions {
  return {
    url: `ws://${host}:${port}/${secret}`,
    actions: { go: `${secret} CUE {n}` },
    sets: { level: { json: { set: 'level', to: '{value}' } } },
    terminator: '',
    ...who,
    reports: [{ at: 'n', when: { at: 'event', equals: 'flood' }, path: 'flood' }],
    verifyTls: true,
  }
}

const asText = {
  fire: (n: number) => ({ action: 'go', args: { n }, received: `${secret} CUE ${n}` }),
  wrong: { action: 'go', args: { n: ['not', 'text'] }, names: '"n"' },
}

export const samples: readonly WebSocketSample[] = [
  {
    ...shared,
    ...asText,
    name: 'websocket without answers',
    options: reaching,
    ack: 'sent',
    answers: false,
  },
  {
    ...shared,
    ...asText,
    name: 'websocket with answers told by their looks',
    options: (at) => ({
      ...reaching(at),
      sets: { level: 'LEVEL {value}' },
      reply: '^OK ',
      refusal: '^ERR ',
    }),
    ack: 'confirmed',
    answers: true,
  },
  {
    ...shared,
    name: 'websocket with numbered requests, and a password',
    options: (at) => ({
      ...reaching(at, { user: 'anna', password }),
      actions: { go: { json: { op: 'go', cue: '{n}', key: secret } } },
      ids: { at: 'id' },
      reply: { at: 'ok', equals: true },
    }),
    fire: (n) => ({
      action: 'go',
      args: { n },
      received: JSON.stringify({ op: 'go', cue: n, key: secret }),
    }),
    wrong: { action: 'go', args: { m: 1 }, names: '"m"' },
    ack: 'confirmed',
    answers: true,
  },
]
