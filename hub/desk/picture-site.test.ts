import t from 'tap'
import { simulate } from '../../adapters/obs/simulator.ts'
import { fakeClock } from '../../bus/clock.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { FaceView } from '../../surfaces/http/panel-view.ts'
import { openTestCore, type TestCore } from '../core.contract.ts'
import { panelView } from './faces.ts'

const obs = 'obs' as DeviceId

/** Resolves with the first face that a hub shows in such a state; looked at now and at each change. */
function faceOf({ core }: TestCore, state: string): Promise<FaceView> {
  const { room, pictures } = core
  const now = () =>
    panelView(
      core.config(),
      room.panel.state,
      room.devices.state,
      pictures.view,
      () => null,
      () => null,
    ).pages[0]?.controls[0]?.face
  return new Promise((resolve, reject) => {
    const look = (face: FaceView | undefined) => {
      if (face?.picture?.state !== state) return
      clearTimeout(timer)
      off()
      resolve(face)
    }
    const timer = setTimeout(() => {
      off()
      reject(new Error(`no face was ever ${state}: ${JSON.stringify(now())}`))
    }, 20_000)
    const off = core.onFace((_, face) => look(face))
    look(now())
  })
}

void t.test(
  'the hub that acts for a device shows its picture, another says where it is, the journal has none of it',
  async (t) => {
    const studio = await simulate({})
    t.teardown(() => studio.close())
    const clock = fakeClock()
    const log = openMemoryLog(undefined, true)
    const site = memorySite(clock, 60_000)
    const hub = (name: string) =>
      openTestCore(t, {
        config: `
site: s
hub: ${name}
devices:
  obs: { protocol: obs, port: ${studio.port}, hub: hub-a, pinned: true, pictures: { air: { everyMs: 100 } } }
pages:
  1:
    0/0: { text: AIR, picture: obs/air }
`,
        log,
        clock,
        presence: site.join(),
      })
    const [a, b] = [await hub('hub-a'), await hub('hub-b')]
    const face = await faceOf(a, 'live')
    t.match(face, { text: 'AIR', picture: { device: obs, name: 'air', tag: /^[\w-]{43}$/ } })
    const wanted = { device: obs, name: 'air' }
    const shown = a.core.pictures.shown(wanted)
    t.match(shown, { state: 'live', type: 'image/jpeg' })

    await b.until(
      'b knows who acts',
      () => b.core.room.leases.state.leases.get(obs)?.hub === 'hub-a',
    )
    const there = await faceOf(b, 'elsewhere')
    t.match(there.picture, { tag: null, detail: /^obs air: the hub hub-a acts for it: ask there/ })

    const entries = JSON.stringify(await a.entries())
    t.match(entries, 'picture/air', 'control: that a picture can be taken is told')
    const bytes = shown.state === 'live' ? Buffer.from(shown.bytes).toString('base64') : ''
    t.ok(bytes.length > 0 && !entries.includes(bytes))

    await studio.close()
    await a.until(
      'obs is away',
      () => a.core.room.devices.state.devices.get(obs)?.link.up === false,
    )
    clock.advance(100) // faces are told ten times a second at most
    const gone = await faceOf(a, 'none')
    t.match(gone.picture, { tag: null, detail: 'obs shows no picture air at this moment' })
  },
)
