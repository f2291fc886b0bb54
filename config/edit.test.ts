import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import t from 'tap'
import { parse } from 'yaml'
import { addDevice, removeDevice } from './edit.ts'

const entry = { protocol: 'osc', host: '127.0.0.1', port: 9000 }
const line = 'desk: { protocol: osc, host: 127.0.0.1, port: 9000 }'

const places: readonly (readonly [name: string, before: string, after: string])[] = [
  [
    'below the others, at their depth, before the comment that follows',
    'site:   a # ours\ndevices:\n    m: { protocol: vmix }   # main\n\n# ways in\nsurfaces: {  }\n',
    `site:   a # ours\ndevices:\n    m: { protocol: vmix }   # main\n    ${line}\n\n# ways in\nsurfaces: {  }\n`,
  ],
  [
    'behind an entry of several lines',
    'devices:\n  m:\n    protocol: tcp\n    actions:\n      on: "x"\nsite: a\n',
    `devices:\n  m:\n    protocol: tcp\n    actions:\n      on: "x"\n  ${line}\nsite: a\n`,
  ],
  [
    'at the end of a file without a last line end',
    'site: a\ndevices:\n  m: { protocol: vmix }',
    `site: a\ndevices:\n  m: { protocol: vmix }\n  ${line}\n`,
  ],
  [
    'below devices that has nothing yet',
    'devices: # none yet\nsite: a\n',
    `devices: # none yet\n  ${line}\nsite: a\n`,
  ],
  ['where there is no devices', 'site: a', `site: a\ndevices:\n  ${line}\n`],
  ['in an empty file', '', `devices:\n  ${line}\n`],
  ['in empty braces', 'site: a\ndevices: {}\n', `site: a\ndevices: { ${line} }\n`],
  [
    'in braces on one line',
    'devices: { m: { protocol: vmix } } # one\n',
    `devices: { m: { protocol: vmix }, ${line} } # one\n`,
  ],
  [
    'in a file with the line ends of Windows',
    'site: a\r\ndevices:\r\n  m: { protocol: vmix }\r\n',
    `site: a\r\ndevices:\r\n  m: { protocol: vmix }\r\n  ${line}\r\n`,
  ],
  [
    'behind a value of many lines',
    'devices:\n  m:\n    protocol: tcp\n    note: |\n      a\n      b\n\nsite: a\n',
    `devices:\n  m:\n    protocol: tcp\n    note: |\n      a\n      b\n  ${line}\n\nsite: a\n`,
  ],
]

for (const [name, before, after] of places)
  void t.test(`a device is added ${name}, and every other byte stays`, async (t) => {
    t.equal(addDevice(before, 'desk', entry), after)
    t.same(parse(after).devices.desk, entry, 'and it is what was asked for')
  })

void t.test('a device goes and leaves every other byte, comments too', async (t) => {
  const text =
    'site: a\ndevices:\n  # the mixer\n  m: { protocol: vmix } # main\n  # the desk\n  d:\n    protocol: osc\n    port: 1\n\n  # last\n  r: { protocol: tcp, port: 2 }\n# end\n'
  t.equal(removeDevice(text, 'm'), text.replace('  m: { protocol: vmix } # main\n', ''))
  t.equal(removeDevice(text, 'd'), text.replace('  d:\n    protocol: osc\n    port: 1\n', ''))
  t.equal(removeDevice(text, 'r'), text.replace('  r: { protocol: tcp, port: 2 }\n', ''))
  t.equal(removeDevice(text, 'nobody'), text)
  t.equal(removeDevice('devices: { a: 1, b: 2 }\n', 'a'), 'devices: { b: 2 }\n')
  t.equal(removeDevice('devices: { a: 1, b: 2 }\n', 'b'), 'devices: { a: 1 }\n')
  t.equal(removeDevice('devices: { a: 1 }\n', 'a'), 'devices: {  }\n')
  t.equal(removeDevice('site: a\ndevices:\n  a: { b: 1 }', 'a'), 'site: a\ndevices:\n')
})

void t.test('what is no config is not edited', async (t) => {
  t.throws(() => addDevice('a: [', 'desk', entry), RangeError)
  t.throws(() => addDevice('- a\n', 'desk', entry), RangeError)
  t.throws(() => addDevice('devices: 7\n', 'desk', entry), RangeError)
  t.throws(() => addDevice('{ site: a }\n', 'desk', entry), RangeError)
  t.throws(() => addDevice(`devices: { ${line} }\n`, 'desk', entry), /there is a device desk/)
})

void t.test('the demo has one more device, and with it gone is as it was', async (t) => {
  const text = readFileSync(new URL('demo.yaml', import.meta.url), 'utf8')
  const more = addDevice(text, 'second', entry)
  t.match(parse(more), { devices: { second: { port: 9000 } } })
  t.equal(removeDevice(more, 'second'), text)
})

void t.test('whatever an entry holds, it is read back as it was given', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.constantFrom(...places.map(([, before]) => before)),
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
        (before, options) => {
          // through JSON, which knows no -0; a mapping that is empty is written as one too
          const wanted: unknown = JSON.parse(JSON.stringify(options))
          const text = addDevice(before, 'desk', JSON.parse(JSON.stringify(options)))
          const found: unknown = parse(text).devices.desk
          if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(text)
        },
      ),
      { numRuns: 500 },
    ),
  )
})
