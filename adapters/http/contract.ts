import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { HttpCommand, HttpOptions, options } from './options.ts'
import { type HttpSimulator, simulate } from './simulator.ts'

type HttpSample = Sample<typeof options, HttpCommand, HttpSimulator>

const token = 'S3CR3T-token'
const password = 'S3CR3T-password'
const key = 'S3CR3T-header'
const inPath = 'S3CR3T-path'
/** As a basic password is said: who sees it has the password. */
const said = Buffer.from(`anna:${password}`).toString('base64')

function reaching({ host, port }: HttpSimulator): HttpOptions {
  return {
    url: `http://${host}:${port}/api/`,
    actions: {
      notify: {
        method: 'POST',
        path: `/${inPath}/{n}`,
        headers: { 'x-key': key },
        json: { number: '{n}', text: 'cue {n}' },
      },
    },
    sets: { level: { method: 'PUT', path: '/level', json: { value: '{value}' } } },
    verifyTls: true,
  }
}

const shared = {
  adapter,
  fire: (n: number) => ({
    action: 'notify',
    args: { n },
    received: `POST /api/${inPath}/${n} {"number":${n},"text":"cue ${n}"}`,
  }),
  set: { path: 'level', value: { left: 1, right: 0.5 } },
  ack: 'confirmed',
  answers: true,
  wrong: { action: 'notify', args: { n: { not: 'text' } }, names: '"n"' },
  unknown: { action: 'notfy', near: 'notify' },
  secrets: [token, password, said, key, inPath],
  flood: null,
} as const

export const samples: readonly HttpSample[] = [
  {
    ...shared,
    name: 'http with a token',
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: (at) => ({ ...reaching(at), token }),
  },
  {
    ...shared,
    name: 'http with a password',
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: (at) => ({ ...reaching(at), user: 'anna', password }),
  },
  {
    ...shared,
    name: 'http with digest authentication',
    simulate: (earlier) =>
      simulate({
        ...(earlier === null ? {} : { port: earlier.port }),
        // a nonce that is soon too old, so that every test meets a new one
        digest: { user: 'anna', password, algorithm: 'SHA-256', uses: 3 },
      }),
    options: (at) => ({ ...reaching(at), user: 'anna', password, auth: 'digest' }),
  },
]
