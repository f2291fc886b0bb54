import t from 'tap'
import type { Picture } from '../../adapters/adapter.ts'
import { fakeClock } from '../../bus/clock.ts'
import type { DeviceId } from '../../intents/id.ts'
import { jpeg, png } from '../../test/fixtures/pictures.ts'
import { configFrom } from '../core.contract.ts'
import { openPictures } from './pictures.ts'

const config = configFrom(`
site: s
devices:
  obs: { protocol: obs, pictures: { air: {}, guest: {}, spare: {} } }
  far: { protocol: obs, pictures: { air: {} } }
pages:
  1:
    0/0: { text: AIR, picture: obs/air }
    0/1: { text: AIR AGAIN, picture: obs/air }
    0/2: { text: GUEST, picture: obs/guest }
    0/3: { text: FAR, picture: far/air }
    0/4: { text: CUT }
`)
const [obs, far] = ['obs' as DeviceId, 'far' as DeviceId]

function opened() {
  const clock = fakeClock()
  const seen = new Map<string, Picture>()
  const told: string[][] = []
  const pictures = openPictures({
    clock,
    config: () => config,
    of: (device) => (device === obs ? seen : undefined),
    elsewhere: () => 'the hub hub-b acts for it: ask there',
    show: (places) => told.push([...places]),
  })
  const take = (name: string, bytes: Buffer = png) => {
    seen.set(name, { type: 'image/png', bytes })
    pictures.changed(obs, name)
  }
  return { clock, pictures, seen, told, take }
}

t.test('a face says what can be seen, and where the rest is', async (t) => {
  const { pictures, take, seen } = opened()
  const air = { device: obs, name: 'air' }
  t.same(pictures.view(air), {
    ...air,
    state: 'none',
    tag: null,
    detail: 'obs shows no picture air at this moment',
  })
  take('air')
  const view = pictures.view(air)
  t.same(view, { ...air, state: 'live', tag: view.tag, detail: '' })
  t.match(view.tag, /^[\w-]{43}$/)
  t.equal(pictures.view(air).tag, view.tag)
  t.same(pictures.shown(air), { state: 'live', type: 'image/png', bytes: png, tag: view.tag })
  take('air', jpeg)
  t.not(pictures.view(air).tag, view.tag, 'another picture, another tag')
  seen.clear()
  t.match(pictures.shown(air), { state: 'none' })
  const there = { device: far, name: 'air' }
  const detail = 'far air: the hub hub-b acts for it: ask there'
  t.same(pictures.view(there), { ...there, state: 'elsewhere', tag: null, detail })
  t.same(pictures.shown(there), { state: 'elsewhere', detail })
})

t.test('the faces that show a picture are told, ten times a second at most', async (t) => {
  const { clock, pictures, told, take } = opened()
  take('air')
  t.same(told, [['1/0/0', '1/0/1']], 'the first at once')
  for (let i = 0; i < 10_000; i++) take(i % 2 === 0 ? 'air' : 'guest')
  t.equal(told.length, 1)
  clock.advance(99)
  t.equal(told.length, 1)
  clock.advance(1)
  t.same(told[1], ['1/0/0', '1/0/1', '1/0/2'], 'the newest of all that came')
  clock.advance(10_000)
  t.equal(told.length, 2, 'nothing is told where nothing changes')
  take('guest')
  t.same(told[2], ['1/0/2'])
  pictures.changed(obs, 'spare')
  pictures.changed(far, 'spare')
  clock.advance(100)
  t.equal(told.length, 3, 'a picture that no control shows draws nothing')
})

t.test('a hub that closes tells no more', async (t) => {
  const { clock, pictures, told, take } = opened()
  take('air')
  take('guest')
  pictures.close()
  clock.advance(1000)
  t.same(told, [['1/0/0', '1/0/1']])
})
