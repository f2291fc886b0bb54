import t from 'tap'
import { Type, type TObject } from 'typebox'
import { loadConfig } from './load.ts'
import { adapters, parts } from './parts.contract.ts'

const camera: TObject = Type.Object({
  pictures: Type.Record(Type.String(), Type.Object({}), { default: {}, 'x-pictures': true }),
})

function loaded(picture: string) {
  const text = `site: a
devices:
  obs: { protocol: camera, pictures: { air: {}, guest/left: {} } }
  blind: { protocol: camera }
  desk: { protocol: osc, port: 9000 }
pages:
  1:
    0/0: { text: AIR, picture: ${picture} }
`
  return loadConfig(text, 'infra.yaml', {
    ...parts,
    adapterOptions: (protocol) =>
      protocol === 'camera' ? camera : (adapters.get(protocol) ?? null),
  })
}

t.test('a control shows a picture that its device takes', async (t) => {
  for (const [written, name] of [
    ['obs/air', 'air'],
    ['obs/guest/left', 'guest/left'],
  ] as const) {
    const got = loaded(written)
    const control = got.ok ? got.config.pages.get(1)?.get('0/0') : undefined
    t.match(control, { text: 'AIR', image: null, picture: { device: 'obs', name } }, written)
  }
})

t.test('a picture that no device takes is told with the one that was probably meant', async (t) => {
  const wrong: readonly (readonly [written: string, expected: string])[] = [
    ['obs/aire', 'one of the pictures of obs (did you mean "air"?), found "obs/aire"'],
    ['obs/studio', 'one of the pictures of obs: air, guest/left, found "obs/studio"'],
    ['blind/air', 'one of the pictures of blind (there is none), found "blind/air"'],
    ['obz/air', 'a device with pictures (did you mean "obs"?), found "obz/air"'],
    ['desk/air', 'a device with pictures: obs, blind, found "desk/air"'],
    ['air', 'a picture of a device, DEVICE/NAME, found "air"'],
    ['obs/', 'a picture of a device, DEVICE/NAME, found "obs/"'],
    ['/air', 'a picture of a device, DEVICE/NAME, found "/air"'],
    ['7', 'a picture of a device, DEVICE/NAME, found 7'],
  ]
  for (const [written, expected] of wrong) {
    const got = loaded(written)
    const messages = got.ok ? [] : got.faults.map(({ message }) => message)
    t.same(messages, [`infra.yaml:8:32 pages.1.0/0.picture: expected ${expected}`], written)
  }
})
