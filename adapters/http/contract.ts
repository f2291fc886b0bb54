import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { HttpCommand, HttpOptions, options } from './options.ts'
import { simulate } from './simulator.ts'

const token = 'S3CR3T-token'
const key = 'S3CR3T-header'
const inPath = 'S3CR3T-path'

export const samples: readonly Sample<typeof options, HttpCommand>[] = [
  {
    name: 'http',
    adapter,
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: ({ host, port }): HttpOptions => ({
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
      token,
      verifyTls: true,
    }),
    fire: (n) => ({
      action: 'notify',
      args: { n },
      received: `POST /api/${inPath}/${n} {"number":${n},"text":"cue ${n}"}`,
    }),
    set: { path: 'level', value: { left: 1, right: 0.5 } },
    ack: 'confirmed',
    answers: true,
    wrong: { action: 'notify', args: { n: { not: 'text' } }, names: '"n"' },
    unknown: { action: 'notfy', near: 'notify' },
    secrets: [token, key, inPath],
    flood: null,
  },
]
