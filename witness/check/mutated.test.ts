import fc from 'fast-check'
import t from 'tap'
import { newKey, parseKey } from '../sign/key.ts'
import { checkpointText, cosignatureLine, noteOf, signatureLine } from '../sign/note.ts'
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { NoteError } from './note.ts'
import { parsePolicy } from './policy.ts'
import { KeyError, parseVkey } from './vkey.ts'

// What an attacker makes of notes, keys and policies: each is read as what was signed, or refused with an error of its own,
// and in no time.

const bounded = { numRuns: 5000, interruptAfterTimeLimit: 10_000 }
const log = parseKey(newKey('studio.example/log', 'log'))
const witness = parseKey(newKey('auditor.example/w1', 'witness'))
const stranger = parseKey(newKey('other.example/log', 'log'))
const keys = [log, witness].map(({ vkey }) => parseVkey(vkey))

const heads = [1, 41, 42].map((size) => {
  const text = checkpointText(log.name, size, Buffer.alloc(32, size))
  return noteOf(text, [
    signatureLine(log, text),
    signatureLine(stranger, text),
    cosignatureLine(witness, text, 1_795_000_000 + size),
  ])
})
const originals = new Set(heads.map((note) => note.slice(0, note.indexOf('\n\n') + 1)))

/** Lines of these notes in any order, some changed: what can be made of what is public. */
const spliced = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...heads.flatMap((note) => note.split('\n'))) },
      fc.constantFrom(
        '',
        ' ',
        '0',
        '041',
        '1e1',
        '-1',
        '9007199254740992',
        '\u2014',
        '\ufeff',
        log.name,
      ),
      fc.string({ maxLength: 10 }),
    ),
    { maxLength: 9 },
  )
  .map((lines) => lines.join('\n'))
const edited = fc
  .tuple(
    fc.constantFrom(...heads),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.string({ maxLength: 3 })), { maxLength: 3 }),
  )
  .map(([note, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + put + text.slice(place + cut)
    }, note),
  )

void t.test('a note that was put together of parts says what was signed, or nothing', async (t) => {
  let verified = 0
  let refused = 0
  fc.assert(
    fc.property(fc.oneof(spliced, edited), (text) => {
      let checkpoint
      try {
        checkpoint = parseCheckpoint(Buffer.from(text))
        const { log: signed } = verifyCheckpoint(checkpoint, keys)
        verified++
        return signed.key.name === log.name && originals.has(checkpoint.note.text)
      } catch (error) {
        refused++
        return error instanceof NoteError
      }
    }),
    bounded,
  )
  t.ok(verified > 50 && refused > 500, `control: ${verified} verified, ${refused} refused`)
})

void t.test('what is signed is read back, whatever its name, size and root', async () => {
  const names = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .filter((name) => !/[\s+\p{C}\p{Z}]/u.test(name))
  fc.assert(
    fc.property(
      names,
      fc.maxSafeNat(),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat(),
      (name, size, root, at) => {
        const [own, other] = [
          parseKey(newKey(name, 'log')),
          parseKey(newKey(`${name}/w`, 'witness')),
        ]
        const text = checkpointText(name, size, Buffer.from(root))
        const note = noteOf(text, [signatureLine(own, text), cosignatureLine(other, text, at)])
        const read = parseCheckpoint(Buffer.from(note))
        const signed = verifyCheckpoint(
          read,
          [own, other].map(({ vkey }) => parseVkey(vkey)),
        )
        return (
          read.origin === name &&
          read.size === size &&
          read.root.equals(root) &&
          signed.witnesses[0]?.at === at
        )
      },
    ),
    { numRuns: 200, interruptAfterTimeLimit: 10_000 },
  )
})

void t.test('a key that was changed is another key, or none', async (t) => {
  let same = 0
  fc.assert(
    fc.property(fc.nat(), fc.nat(2), fc.string({ maxLength: 2 }), (at, cut, put) => {
      const place = at % (log.vkey.length + 1)
      const text = log.vkey.slice(0, place) + put + log.vkey.slice(place + cut)
      try {
        const { name, raw } = parseVkey(text)
        same++
        return name === log.name && raw === parseVkey(log.vkey).raw
      } catch (error) {
        return error instanceof KeyError
      }
    }),
    bounded,
  )
  t.ok(same > 0, 'control: some changes are none, such as a space behind it')
})

const names = ['w1', 'w2', 'w3', 'w4', 'w5']
const witnesses = names.map((name) => parseVkey(parseKey(newKey(name, 'witness')).vkey))
const vkeys = names.map((name, i) => `${name}+${witnesses[i]?.id}+${vkeyMaterial(i)}`)

function vkeyMaterial(i: number): string {
  return Buffer.concat([Uint8Array.of(4), Buffer.from(witnesses[i]?.raw ?? '', 'hex')]).toString(
    'base64',
  )
}

/** Groups of groups: each name is in one of them at most. `least`: of how many. */
interface Group {
  readonly least: number
  readonly members: readonly (Group | string)[]
}

const groups: fc.Arbitrary<Group> = fc
  .tuple(
    fc.shuffledSubarray(names, { minLength: 1 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat()), { maxLength: 3 }),
    fc.nat(),
  )
  .map(([used, folds, last]) => {
    let open: (Group | string)[] = [...used]
    for (const [count, least] of folds) {
      const members = open.slice(0, count)
      open = [...open.slice(count), { least: (least % members.length) + 1, members }]
    }
    return { least: (last % open.length) + 1, members: open }
  })

/** The policy's text: what a group has is defined before it. */
function textOf(group: Group): string {
  const lines: string[] = []
  const define = (one: Group | string): string => {
    if (typeof one === 'string') return one
    const members = one.members.map(define)
    const name = `g${lines.length}`
    lines.push(
      `group ${name} ${one.least === members.length ? 'all' : one.least} ${members.join(' ')}`,
    )
    return name
  }
  const top = define(group)
  return [...names.map((name, i) => `witness ${name} ${vkeys[i]}`), ...lines, `quorum ${top}`].join(
    '\n',
  )
}

const isMet = (group: Group | string, by: ReadonlySet<string>): boolean =>
  typeof group === 'string'
    ? by.has(group)
    : group.members.filter((one) => isMet(one, by)).length >= group.least

void t.test('a policy asks for as many as it says, whatever its groups', async () => {
  fc.assert(
    fc.property(groups, (group) => {
      const { isQuorum } = parsePolicy(textOf(group))
      for (let set = 0; set < 2 ** names.length; set++) {
        const by = new Set(names.filter((_, i) => set & (1 << i)))
        const raw = new Set(witnesses.filter((_, i) => set & (1 << i)).map((one) => one.raw))
        if (isQuorum(raw) !== isMet(group, by)) return false
      }
      return true
    }),
    { numRuns: 300, interruptAfterTimeLimit: 10_000 },
  )
})

void t.test('a policy that somebody garbled is read or refused, and nothing else', async (t) => {
  const good = textOf({ least: 2, members: names })
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...good.split(/(\s)/)) },
          fc.string({ maxLength: 5 }),
        ),
      ),
      (words) => {
        try {
          parsePolicy(words.join(''))
        } catch (error) {
          refused++
          return error instanceof Error && ['PolicyError', 'KeyError'].includes(error.name)
        }
        return true
      },
    ),
    bounded,
  )
  t.ok(refused > 500, `control: ${refused} refused`)
})
