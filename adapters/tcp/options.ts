import { type Static, Type } from 'typebox'
import { textOptions, type TextPlans, textPlans } from '../template-text.ts'
import { pattern } from './pattern.ts'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    ...textOptions,
    reply: Type.Optional(
      Type.String({
        description:
          'A regular expression. The device answers each command with a line: one that matches this confirms it.',
      }),
    ),
    refusal: Type.Optional(
      Type.String({
        description:
          'A regular expression: an answer that matches it is a refusal. Without `reply` any other answer confirms.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type TcpOptions = Static<typeof options>

/** What an answer's line means; `unrelated`: go on waiting. */
export type Meaning = 'confirmed' | 'refused' | 'unrelated'

export interface Compiled {
  readonly plans: TextPlans
  /** Null where no answer is awaited. */
  readonly meaning: ((line: string) => Meaning) | null
  /** Why the config cannot be used; null where it can. */
  readonly fault: string | null
}

const cache = new WeakMap<TcpOptions, Compiled>()

/** The options compiled, once per options object. */
export function compiled(options: TcpOptions): Compiled {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = compile(options)
  cache.set(options, made)
  return made
}

function compile(options: TcpOptions): Compiled {
  const plans = textPlans(options)
  const reply = options.reply === undefined ? null : pattern(options.reply)
  const refusal = options.refusal === undefined ? null : pattern(options.refusal)
  if (reply?.ok === false) return { plans, meaning: null, fault: `config: reply ${reply.detail}` }
  if (refusal?.ok === false)
    return { plans, meaning: null, fault: `config: refusal ${refusal.detail}` }
  if (reply === null && refusal === null) return { plans, meaning: null, fault: null }
  const meaning = (line: string): Meaning => {
    if (refusal?.matches(line) === true) return 'refused'
    return reply === null || reply.matches(line) ? 'confirmed' : 'unrelated'
  }
  return { plans, meaning, fault: null }
}
