import t from 'tap'
import { siteDevice } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { newData, openTestCore } from '../core.contract.ts'
import { openTestDesk } from './desk.contract.ts'

const config = `
site: s
surfaces:
  sat: { type: satellite, port: 0 }
pages:
  1:
    0/0: { text: GO, colour: "#102030", press: { set: site, path: looks/1/0/1/text, value: PRESSED } }
    0/1: { text: REC }
macros:
  on: { onFailure: stop, steps: [{ set: site, path: looks/1/0/0/text, value: ON AIR }] }
`

void t.test(
  'what is said of a control while the hub runs is shown, and goes back to the config',
  async (t) => {
    const room = await openTestCore(t, { config })
    const { join } = openTestDesk(t, room)
    const { panel } = join()
    const set = async (what: string, value: Json) => {
      const { id } = await room.submit({
        verb: 'set',
        device: siteDevice,
        path: `looks/1/0/0/${what}`,
        value,
      })
      t.match(await room.ended(id), { outcome: 'confirmed' }, what)
    }
    await panel.until('it is drawn', () => panel.text('0/0') === 'GO')
    await set('text', 'ON AIR')
    await set('colour', '#ff0000')
    await set('textColour', '#ffff00')
    await set('size', 50)
    await set('alignment', 'left:top')
    await panel.until('all of it', () => panel.shown.get('0/0')?.alignment === 'left:top')
    const said = { text: 'ON AIR', colour: '#ff0000', textColour: '#ffff00', size: 50 }
    t.match(panel.shown.get('0/0'), said)
    t.equal(panel.text('0/1'), 'REC', 'and nothing else')
    await set('image', 'data:image/png;base64,iVBORw0KGgo=')
    await panel.until('its picture', () => panel.shown.get('0/0')?.picture !== null)
    t.equal(panel.shown.get('0/0')?.picture?.type, 'image/png')
    for (const what of ['text', 'colour', 'textColour', 'size', 'alignment', 'image'])
      await set(what, null)
    await panel.until('the config', () => panel.text('0/0') === 'GO')
    await panel.until('no picture', () => panel.shown.get('0/0')?.picture === null)
    t.match(panel.shown.get('0/0'), { colour: '#102030', size: 100, alignment: 'center:center' })
    const { id } = await room.submit({ verb: 'run', macro: 'on' as never, args: {} })
    t.match(await room.ended(id), { outcome: 'confirmed' })
    await panel.until('by a macro', () => panel.text('0/0') === 'ON AIR')
  },
)

void t.test('what no control can look like is refused, and says why', async (t) => {
  const { submit } = await openTestCore(t, { config })
  for (const [path, value, why] of [
    ['looks/1/0/0/text', 'x'.repeat(201), /200 characters/],
    ['looks/1/0/0/alignment', 'left', /left, center or right/],
    ['looks/1/0/0/text', 7, /200 characters/],
    ['looks/1/0/0/colour', 'red', /#rrggbb/],
    ['looks/1/0/0/size', 0, /10 to 100/],
    ['looks/1/0/0/image', 'data:text/html;base64,AAAA', /a picture is data:image/],
    ['looks/1/0/0/image', 'logo.png', /a picture is data:image/],
    ['looks/1/0/0/image', `data:image/png;base64,${'A'.repeat(65_536)}`, /65536 characters/],
    ['looks/1/5/5/text', 'x', /no control at 1\/5\/5/],
    ['looks/9/0/0/text', 'x', /no control at 9\/0\/0/],
    ['looks/1/0/0/font', 'x', /no variable 'looks\/1\/0\/0\/font'; the config declares none/],
  ] as const)
    t.match(
      await submit({ verb: 'set', device: siteDevice, path, value }),
      { refusal: { failure: { detail: why } } },
      path,
    )
})

void t.test('it outlives the hub', async (t) => {
  const data = newData(t)
  const first = await openTestCore(t, { config, data })
  const { id } = await first.submit({
    verb: 'set',
    device: siteDevice,
    path: 'looks/1/0/0/text',
    value: 'ON AIR',
  })
  await first.ended(id)
  await first.stop()
  const { panel } = openTestDesk(t, await openTestCore(t, { config, data, log: first.log })).join()
  await panel.until('it is drawn', () => panel.text('0/0') === 'ON AIR')
})
