import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { canonical } from '../../witness/canonical.ts'
import { type Json, sayable } from '../../intents/json.ts'
import { jsonOfBytes } from './json-body.ts'
import { ProblemError } from './problem.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'JSON bodies and messages of the API',
    seeds: [
      '{"intent":{"verb":"fire","device":"desk","action":"/a","args":{"n":[1,2]}}}',
      '{"type":"gesture","page":1,"row":0,"col":0,"gesture":"press"}',
      '['.repeat(40),
      '{"__proto__":1e999}',
    ],
    open: () => (bytes) => {
      let value: Json
      try {
        value = jsonOfBytes(bytes)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        if (error.message.length > 500) throw new Error('it quotes too much', { cause: error })
        return
      }
      canonical(sayable(value))
    },
  },
]
