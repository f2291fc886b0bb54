import t from 'tap'
import type { Recorded } from '../../bus/entry.ts'
import type { Position } from '../../bus/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { newId, siteDevice, type DeviceId, type Instant } from '../../intents/id.ts'
import { anna, configFrom } from '../core.contract.ts'
import { faceOf, type Look, panelView, placeOf, touched } from './faces.ts'
import { controlAt } from './gestures.ts'
import { foldInto } from '../../projections/runner.ts'
import { openRoom } from '../room.ts'

const config = configFrom(`
site: s
devices:
  mypro: { protocol: vmix, host: 127.0.0.1 }
  obs: { protocol: obs, pictures: { air: {} } }
pages:
  1:
    0/0:
      text: REC
      colour: '#c62828'
      press: { fire: mypro, action: StartRecording }
      lit: { device: mypro, path: recording, equals: true }
    2/2: { text: AIR, picture: obs/air }
    2/3: { text: HOLD, press: { hold: true } }
`)
const mypro = 'mypro' as DeviceId
const obs = 'obs' as DeviceId
const rec = placeOf('1/0/0')

const look: Look = (wanted) => ({ ...wanted, state: 'none', tag: null, detail: 'nothing' })

function shown(events: readonly BusEvent[]) {
  const room = openRoom()
  const batch = events.map((event, i): Recorded => ({
    position: String(i + 1) as Position,
    hub: 'hub-a',
    hseq: i + 1,
    at: i as Instant,
    event,
  }))
  const places = batch.map((one) => {
    const names = [...touched([one], config, room.panel.state)]
    foldInto(room, one)
    return names
  })
  const control = controlAt(config, rec)
  if (control === null) throw new Error('there is no such control')
  const { panel, devices } = room
  return {
    face: faceOf(control, '1/0/0', panel.state, devices.state, look, never, never),
    places,
    view: panelView(config, panel.state, devices.state, look, never, never),
  }
}

/** No control asks for a second press. */
function never(): null {
  return null
}

const [one, two] = [newId(0), newId(0)]
const press = (id = one): BusEvent => ({
  type: 'IntentAccepted',
  submission: {
    id,
    intent: { verb: 'fire', device: mypro, action: 'StartRecording', args: {} },
    actor: anna,
    source: 's',
    trace: id,
    at: 0 as Instant,
    expiresAt: null,
    cause: null,
  },
})
const done: BusEvent = { type: 'Delivered', intent: one, attempt: 1, ack: 'confirmed' }
const ended = (outcome: 'cancelled' | 'expired', intent = one): BusEvent => ({
  type: 'IntentEnded',
  intent,
  outcome,
  failure: outcome === 'expired' ? failed('expired', 'too late') : null,
  by: null,
})
const recording = (value: boolean): BusEvent => ({
  type: 'DeviceReported',
  device: mypro,
  path: 'recording',
  value,
})

void t.test('the console is told how a text is to look, as panels are', (t) => {
  const look = (what: string, value: string | number): BusEvent => ({
    ...{ type: 'DeviceReported', device: siteDevice, path: `looks/1/0/0/${what}` },
    value,
  })
  t.match(shown([]).face, { textColour: null, size: 100, alignment: 'center:center' })
  const said = [look('textColour', '#ffee00'), look('size', 40), look('alignment', 'left:top')]
  t.match(shown(said).face, { textColour: '#ffee00', size: 40, alignment: 'left:top' })
  t.end()
})

void t.test(
  'a key shows what became of its press, and its lamp only what the device says',
  async (t) => {
    const state = (...events: readonly BusEvent[]) => shown(events).face.state
    t.equal(state(), 'idle')
    t.equal(state(press()), 'pending')
    t.equal(state(press(), done), 'idle', 'delivered is not yet recording')
    t.equal(state(press(), done, recording(true)), 'on')
    t.equal(state(recording(true), recording(false)), 'idle')
    t.equal(state(press(), press(two), done), 'pending', 'one of two is still under way')
    t.equal(state(recording(true), press(), ended('expired')), 'failed')
    t.equal(state(recording(true), press(), ended('cancelled')), 'on', 'cancelled went not wrong')
    t.match(shown([press(), ended('expired')]).face, {
      text: 'REC',
      colour: '#c62828',
      last: { intent: one, outcome: 'expired', detail: 'too late', actor: 'operator:anna' },
    })
  },
)

void t.test('only the keys that an entry may change are drawn again', async (t) => {
  const { places } = shown([
    press(),
    { type: 'AttemptStarted', intent: one, attempt: 1 },
    done,
    done,
    recording(true),
    { type: 'DeviceReported', device: mypro, path: 'streaming', value: true },
    { type: 'LeaseTaken', lease: obs, token: 1, detail: '' },
    { type: 'LeaseGiven', lease: obs, token: 1 },
    { type: 'LeaseTaken', lease: mypro, token: 1, detail: '' },
  ])
  const air = ['1/2/2'] // only the hub that acts for its device sees its picture
  t.strictSame(places, [['1/0/0'], [], ['1/0/0'], [], ['1/0/0'], [], air, air, []])
})

void t.test('a page is as large as its farthest key', async (t) => {
  t.match(shown([]).view.pages, [
    {
      page: 1,
      rows: 3,
      cols: 4,
      controls: [
        { row: 0, col: 0, face: { picture: null } },
        { row: 2, col: 2, face: { text: 'AIR', picture: { device: 'obs', name: 'air' } } },
        { row: 2, col: 3, press: true },
      ],
    },
  ])
})
