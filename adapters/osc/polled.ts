import type { OscPoll } from './link.ts'
import type { OscOptions } from './options.ts'
import { queryOf } from './plan.ts'

type Polls =
  | { readonly ok: true; readonly polls: readonly OscPoll[] }
  | { readonly ok: false; readonly detail: string }

const cache = new WeakMap<OscOptions, Polls>()

/** What is asked by itself, or why the config's cannot be used; compiled once per options object. */
export function pollsOf(options: OscOptions): Polls {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = compiled(options)
  cache.set(options, made)
  return made
}

function compiled({ polls = [] }: OscOptions): Polls {
  const made: OscPoll[] = []
  for (const [i, { address, args = null, reply, everyMs }] of polls.entries()) {
    const query = queryOf({ address, args, reply: reply ?? address })
    if (!query.ok) return { ok: false, detail: `config: polls.${i} ${query.failure.detail}` }
    const command =
      reply === null && query.value.type === 'message'
        ? { ...query.value, answer: null }
        : query.value
    made.push({ command, everyMs })
  }
  return { ok: true, polls: made }
}
