import t, { type Test } from 'tap'
import type { Submission } from '../intents/intent.ts'
import { doubles, lineConfig, lineDevice, oscDevice } from './devices.ts'
import { type HubProcess, newRoom } from './hub-process.ts'
import { audit } from './record.ts'
import { faultRow } from './report.ts'
import { lineClient, oscSender } from './senders.ts'

// 21 starts of a hub, on a machine that others use too
t.setTimeout(240_000)

const rounds = 20
/** Of each way in, a round. */
const burst = 20
/** The longest time from the first acknowledgement of a burst to the kill. */
const longestMs = 120

/** What was told to somebody: outcomes by id, null where only the acceptance was told. */
type Told = Map<string, string | null>

/** Presses in three ways at once, each with a number of its own, until the hub is killed at a random moment. */
async function pressAndKill(t: Test, hub: HubProcess, told: Told, round: number): Promise<void> {
  const [osc, lines] = await Promise.all([hub.port('touch'), hub.port('lines')])
  const [send, client] = await Promise.all([oscSender(t, osc), lineClient(t, lines)])
  let first = true
  const numbers = Array.from({ length: burst }, (_, i) => round * burst + i)
  const posts = numbers.map(async (n) => {
    const intent =
      n % 3 === 0
        ? { verb: 'set', device: 'slow', path: 'level', value: n }
        : { verb: 'fire', device: n % 3 === 1 ? 'slow' : 'quick', action: 'hit', args: [`h${n}`] }
    const { status, body } = await hub.submit(intent)
    if (status !== 202) return
    told.set(String(body['id']), null)
    if (first) setTimeout(() => hub.signal('SIGKILL'), Math.random() * longestMs)
    first = false
  })
  for (const n of numbers) {
    client.write(n % 2 === 0 ? `FIRE quick hit t${n}` : `SET quick level ${n}`)
    void send('/if/fire/desk/cue/go', n)
    void send('/if/set/desk/fader/1', n)
  }
  // the hub dies in the middle of it: many of them are never answered
  await Promise.allSettled(posts)
  for (const answer of await client.answers(burst)) {
    const [, ok, id = '', outcome = ''] = /^(\+OK) (\S+) (\w+)$|^-ERR (.*)$/.exec(answer) ?? []
    if (ok !== undefined) told.set(id, outcome)
  }
}

/** How an intent looks to its device. */
function asSent({ intent }: Submission): string {
  if (intent.verb === 'fire' && intent.device === 'desk') return `/cue/go ${String(intent.args)}`
  if (intent.verb === 'set' && intent.device === 'desk') return `/fader/1 ${String(intent.value)}`
  if (intent.verb === 'fire') return `HIT ${String(intent.args)}`
  return intent.verb === 'set' ? `LEVEL ${String(intent.value)}` : ''
}

void t.test(
  'a hub killed at random moments under load loses nothing it acknowledged, repeats no fire and keeps every order',
  async (t) => {
    const [slow, quick, desk] = await Promise.all([lineDevice(t, 4), lineDevice(t), oscDevice(t)])
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  slow: ${lineConfig(slow.port, ', delivery: { fireDeadline: 60s, setDeadline: 60s }')}\n` +
        `  quick: ${lineConfig(quick.port)}\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n` +
        `surfaces:\n  touch: { type: osc, port: 0 }\n  lines: { type: tcp, port: 0 }\n`,
    )
    const told: Told = new Map()
    for (let round = 0; round < rounds; round++) {
      const hub = await room.start()
      await pressAndKill(t, hub, told, round)
      t.equal((await hub.ended()).signal, 'SIGKILL')
    }
    const last = await room.start()
    await last.quiet()
    await last.end()
    const lives = await audit(t, room, told.keys())
    t.comment(`${lives.size} recorded, ${told.size} answered`)

    const all = [...lives.values()]
    t.ok(told.size > 100, `control: ${told.size} were answered`)
    const unknown = all.filter(({ ends }) => ends[0] === 'unknown')
    t.ok(unknown.length > 0, `control: ${unknown.length} fires were under way at a kill`)
    t.ok(all.some(({ submission: { intent }, attempts }) => intent.verb === 'set' && attempts > 1))
    const wrong = [...told].filter(([id, told]) => told !== null && lives.get(id)?.ends[0] !== told)
    t.same(wrong, [], 'what was told as an outcome is what is recorded')
    for (const [name, { got }] of Object.entries({ slow, quick, desk })) {
      const fires = got.filter((one) => /^(HIT|\/cue)/.test(one))
      t.ok(fires.length > 20, `control: ${name} got ${fires.length} fires`)
      t.same(doubles(fires), [], `${name}: no fire twice`)
      const wanted = all
        .map(({ submission }) => submission)
        .filter(({ intent }) => 'device' in intent && intent.device === name)
      const first = new Map<string, number>()
      for (const [i, submission] of wanted.entries())
        if (!first.has(asSent(submission))) first.set(asSent(submission), i)
      const order = [...new Set(got)].map((one) => first.get(one) ?? -1)
      t.notOk(order.includes(-1), `${name}: nothing came that is not recorded`)
      t.same(
        order,
        order.toSorted((a, b) => a - b),
        `${name}: in the order of the record`,
      )
      const delivered = wanted.filter(({ id }) =>
        /sent|confirmed/.test(String(lives.get(id)?.ends)),
      )
      const missing = delivered.filter((submission) => !got.includes(asSent(submission)))
      t.same(missing, [], `${name}: what is recorded as delivered came`)
    }
    // lost and doubled are none where all above is so
    if (t.passing())
      faultRow({
        fault: 'kill -9 of the only hub, log in files, under load',
        times: rounds,
        presses: all.length,
        lost: 0,
        doubled: 0,
      })
  },
)
