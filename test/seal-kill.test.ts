import t from 'tap'
import { attackRow } from './report.ts'
import { faultsOf, forgeState, sealRoom } from './sealer-process.ts'

t.setTimeout(1_800_000)

/** How often it is killed: a sample, or as often as the issue asks. */
const kills = process.env['ATTACKS'] === 'all' ? 1000 : 25
/** Heads in a journal of one round: enough for some lives. */
const heads = 40
/** How long a life is at most before it is killed: from its start, when it opens what there is, or from its first head. */
const fromStartMs = 400
const fromReportMs = 100

void t.test(
  'kill -9 at any moment of sealing loses nothing and signs no second head',
  async (t) => {
    const stages = Array.from({ length: heads }, (_, i) => (i + 1) * 3)
    const room = await sealRoom(t, stages)
    room.renew()
    t.ok((await room.live()).done, 'control: a life without a fault')
    t.same(await faultsOf(room), [], 'control: all is sealed and cosigned')
    forgeState(room)
    t.not((await faultsOf(room)).length, 0, 'control: a head of another root is seen')

    const wrong: unknown[] = []
    let killed = 0
    let shown = 0
    let rounds = 0
    while (killed < kills) {
      room.renew()
      rounds++
      // each life goes on where the one before was killed, until one gets to the end
      for (let lives = 0; lives < heads; lives++) {
        const kill =
          Math.random() < 0.3
            ? ({ from: 'start', afterMs: Math.random() * fromStartMs } as const)
            : ({ from: 'report', afterMs: Math.random() * fromReportMs } as const)
        const { done, signal } = await room.live([], kill)
        if (signal === 'SIGKILL') killed++
        if (done) break
      }
      const last = await room.live()
      if (!last.done) wrong.push({ round: rounds, last })
      const faults = await faultsOf(room)
      if (faults.length > 0) wrong.push({ round: rounds, faults })
      shown += room.heads.length
    }
    t.same(wrong.slice(0, 3), [], `${killed} kills in ${rounds} rounds, ${shown} heads seen`)
    attackRow({
      attack: 'kill -9',
      done: `${killed} times at any moment of sealing; ${shown} heads were signed and shown to the witness`,
      verdict: wrong.length === 0 ? 'good' : `${wrong.length} times not`,
      exit: wrong.length === 0 ? '0' : 'not 0',
      expected: '0',
    })
  },
)
