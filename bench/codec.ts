import { decode as otherDecode, encode as otherEncode, Message } from 'node-osc'
import { newId } from '../intents/id.ts'
import type { OscArg } from '../wire/osc-arg.ts'
import { encode } from '../wire/osc-encode.ts'
import { decode } from '../wire/osc.ts'
import { median } from './numbers.ts'
import { printTable, whole } from './table.ts'

// What docs/dependencies.md says of the codec and the ids: npm run bench:codec. Compiled, because what runs TypeScript
// without a build wraps every inner function.

/** In turns, so that all have the same of a machine that others use; the CPU time counts, not the clock. */
const rounds = 9
const calls = 300_000

/** The median CPU nanoseconds of a call. */
function measure(run: () => number): () => number {
  let sum = 0
  return () => {
    const before = process.cpuUsage()
    for (let i = 0; i < calls; i++) sum += run()
    const { user, system } = process.cpuUsage(before)
    if (Number.isNaN(sum)) throw new Error('what is measured must answer, or it is not done at all')
    return ((user + system) * 1000) / calls
  }
}

const args: readonly OscArg[] = [
  { type: 'i', value: 7 },
  { type: 'f', value: 0.5 },
]
const bytes = encode('/a/b', args)
if (!bytes.equals(otherEncode(new Message('/a/b', ...args))))
  throw new Error('the two codecs must write the same bytes')

const cases = new Map([
  ['decode /a/b ,if    wire/osc.ts', measure(() => (decode(bytes).ok ? 1 : 0))],
  ['decode /a/b ,if    node-osc', measure(() => ('args' in otherDecode(bytes) ? 1 : 0))],
  ['encode /a/b ,if    wire/osc-encode.ts', measure(() => encode('/a/b', args).length)],
  ['encode /a/b ,if    node-osc', measure(() => otherEncode(new Message('/a/b', ...args)).length)],
  // reading a character makes the text whole: until then it may be a list of parts
  ['UUIDv7             intents/id.ts', measure(() => newId(Date.now()).charCodeAt(30))],
  ['UUIDv4             node:crypto', measure(() => crypto.randomUUID().charCodeAt(30))],
])
const found = new Map<string, number[]>([...cases.keys()].map((name) => [name, []]))
for (let round = 0; round < rounds; round++)
  for (const [name, run] of cases) found.get(name)?.push(run())

printTable(
  ['CPU time of one call', 'median ns', 'least ns'],
  [...found].map(([name, times]) => [name, whole(median(times)), whole(Math.min(...times))]),
)
