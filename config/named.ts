import { Type } from 'typebox'
import { type CheckRun, note, oneOf } from './check.ts'
import { foundText } from './fault.ts'
import { type IntentForm, intentForm, intentFormsWith } from './form.ts'
import { type Located, unwritten } from './source.ts'
import { condition } from './condition.ts'

// A named intent is a list of intents. A part of it may have a condition, `when`, and devices may have a list of their own in
// place of what the others do. Both are written out before the file is checked: an override replaces the parts of its device, and a
// part with a condition becomes a macro of one `if`, so that what was decided is on record like every other step.

const part = Type.Union(
  [
    ...intentFormsWith(
      {},
      { when: Type.Optional(condition('Only where this holds, at that moment.')) },
    ),
  ],
  {
    description: 'An intent: fire, set, do, run, cancel or hold; with when, on a condition.',
    'x-expected': 'an intent with one of the keys fire, set, do, run, cancel, hold',
  },
)
const parts = Type.Array(part, { minItems: 1, maxItems: 1000, description: 'In this order.' })

/** A named intent, as the file has it. What is left to check, once it is written out, is a list of intents. */
export const namedForm = Type.Unsafe<readonly IntentForm[]>(
  Type.Union(
    [
      parts,
      Type.Object(
        {
          do: parts,
          override: Type.Record(
            Type.String(),
            Type.Union([
              Type.Literal('skip'),
              Type.Array(intentForm, { minItems: 1, maxItems: 1000 }),
            ]),
            {
              default: {},
              description: 'By device: what is done in place of what the list says of it, or skip.',
            },
          ),
        },
        { additionalProperties: false, description: 'With devices that do it otherwise.' },
      ),
    ],
    { 'x-expected': 'a list of intents, or a mapping with do and override' },
  ),
)

/** The file with its named intents as plain lists, and their conditions as macros. */
export function withNamed(run: CheckRun, root: Located): Located {
  const intents = root.entries?.get('intents')
  if (root.entries === null || intents?.entries == null) return root
  const macros = new Map<string, Located>()
  const named = new Map<string, Located>()
  for (const [name, spot] of intents.entries) {
    const list = spot.items ?? overridden(run, name, spot)
    const items = list?.map((item, i) => {
      if (item.entries?.has('when') !== true) return item
      const macro = `${name.slice(0, 52)}_when_${i + 1}`
      macros.set(macro, macroOf(item))
      return mapping(item, new Map([['run', text(macro, item)]]))
    })
    named.set(name, items === undefined ? spot : listOf(spot, items))
  }
  const entries = new Map(root.entries)
  entries.set('intents', mapping(intents, named))
  const own = root.entries.get('macros')
  if (macros.size > 0)
    entries.set('macros', mapping(own ?? intents, new Map([...(own?.entries ?? []), ...macros])))
  return { ...root, entries }
}

/** The list with each device's own parts in place of the others'; undefined where it has no such form. */
function overridden(run: CheckRun, name: string, spot: Located): readonly Located[] | undefined {
  const items = spot.entries?.get('do')?.items
  const override = spot.entries?.get('override')?.entries
  if (
    items == null ||
    [...(spot.entries?.keys() ?? [])].some((key) => !/^(?:do|override)$/.test(key))
  )
    return undefined
  const devices = new Set(items.flatMap((item) => deviceOf(item) ?? []))
  for (const [device, { keyAt }] of override ?? [])
    if (!devices.has(device))
      note(
        run,
        keyAt,
        ['intents', name, 'override', device],
        oneOf('a device that its list names', device, devices),
        foundText(device, []),
      )
  const done = new Set<string>()
  return items.flatMap((item) => {
    const device = deviceOf(item)
    const own = device === null ? undefined : override?.get(device)
    if (device === null || own === undefined) return [item]
    if (done.has(device) || own.value === 'skip') return []
    done.add(device)
    return own.items ?? [own]
  })
}

/** The device that a part is for; null where it is for none that it names. */
function deviceOf({ entries }: Located): string | null {
  const named =
    entries?.get('fire') ?? entries?.get('set') ?? entries?.get('args')?.entries?.get('device')
  return typeof named?.value === 'string' ? named.value : null
}

/** A macro that does the part where its condition holds. */
function macroOf(item: Located): Located {
  const rest = new Map(item.entries)
  const when = rest.get('when')
  rest.delete('when')
  const step = new Map([['then', listOf(item, [mapping(item, rest)])]])
  const steps = when === undefined ? step : new Map([['if', when], ...step])
  return mapping(
    item,
    new Map([
      ['onFailure', text('stop', item)],
      ['steps', listOf(item, [mapping(item, steps)])],
    ]),
  )
}

function text(words: string, { at }: Located): Located {
  return unwritten(words, at)
}

function mapping(spot: Located, entries: ReadonlyMap<string, Located>): Located {
  const value = Object.fromEntries([...entries].map(([key, each]) => [key, each.value]))
  return { ...spot, value, entries, items: null }
}

function listOf(spot: Located, items: readonly Located[]): Located {
  return { ...spot, value: items.map(({ value }) => value), entries: null, items }
}
