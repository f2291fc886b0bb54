import t from 'tap'
import { copyOf, newKeys, newSite, verified } from './sealed-site.ts'
import { newRoom } from './hub-process.ts'

t.setTimeout(180_000)

type Edit = (lines: readonly string[]) => readonly string[]

const at = 57
const line = (lines: readonly string[], i: number) => lines[i] ?? ''
const edits: readonly (readonly [attack: string, done: string, edit: Edit])[] = [
  ['an entry deleted', `line ${at} taken out`, (all) => all.toSpliced(at, 1)],
  [
    'entries swapped',
    `lines ${at} and ${at + 1}`,
    (all) => all.toSpliced(at, 2, line(all, at + 1), line(all, at)),
  ],
  ['an entry inserted', `line 3 before ${at}`, (all) => all.toSpliced(at, 0, line(all, 3))],
  ['an entry repeated', `line ${at} twice`, (all) => all.toSpliced(at, 0, line(all, at))],
  [
    'an argument changed',
    'what was pressed',
    (all) => all.map((one) => one.replace('"show 9"', '"show 8"')),
  ],
  [
    'white space changed',
    `a space in line ${at}`,
    (all) => all.with(at, line(all, at).replace(',"rid"', ', "rid"')),
  ],
  [
    'a JSON key doubled',
    `line ${at} has its number twice`,
    (all) => all.with(at, line(all, at).replace(',"rid"', `,"$seq":${at},"rid"`)),
  ],
  [
    'a line renumbered',
    `line ${at} as ${at + 1}`,
    (all) => all.with(at, line(all, at).replace(`"$seq":${at},`, `"$seq":${at + 1},`)),
  ],
  [
    'a line feed of another system',
    `a carriage return after line ${at}`,
    (all) => all.with(at, `${line(all, at)}\r`),
  ],
]

void t.test('each change to the sealed lines is found, and where it is', async (t) => {
  const { folder } = newRoom(t, '')
  const { policy, logKey } = await newKeys(t, folder)
  const site = await newSite(t, { keyFile: logKey, policy })
  await site.work(30, 'show')
  const untouched = await verified(
    t,
    [copyOf(site, 'untouched').data, '--policy', policy, '--strict'],
    { attack: 'control: nothing', done: 'a copy', fault: null },
  )
  t.ok(untouched.to > at + 10 && untouched.heads > 1, `control: ${untouched.heads} heads`)
  t.match(untouched.witnessed, { size: untouched.to, isQuorum: true }, 'control: cosigned')
  for (const [attack, done, edit] of edits) {
    const copy = copyOf(site, attack)
    const before = copy.lines()
    copy.write(edit(before))
    t.not(copy.lines().join('\n'), before.join('\n'), `control: ${attack}`)
    const verdict = await verified(t, [copy.data, '--policy', policy], {
      attack,
      done,
      fault: 'integrity',
    })
    const first = copy.lines().findIndex((one, i) => one !== before[i])
    t.ok([first, first + 1].includes(verdict.at?.seq ?? -1), `${attack}: at ${verdict.at?.seq}`)
  }
  const last = copyOf(site, 'the last line')
  last.write(
    last.lines().with(-1, line(last.lines(), untouched.to - 1).replace('"at":1', '"at":2')),
  )
  await verified(t, [last.data, '--policy', policy], {
    attack: 'the newest entry changed',
    done: 'its time; nothing follows that would not fit',
    fault: 'root',
  })
})
