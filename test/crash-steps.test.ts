import t from 'tap'
import { newRoom } from './hub-process.ts'
import { audit } from './record.ts'
import { killInSteps, killsNow, stepRoom } from './step-kills.ts'

t.setTimeout(180_000)

void t.test(
  'a hub that is killed in steps of every kind goes on with the run, and does nothing twice',
  async (t) => {
    const kills = killsNow(['fire', 'wait', 'round two', 'compensation'])
    const steps = await stepRoom(t, kills)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n${steps.devices}${steps.more}`,
    )
    const { hub, run } = await killInSteps(t, steps, kills, room.start, room.start)
    await hub.end()
    await audit(t, room, [run])
  },
)
