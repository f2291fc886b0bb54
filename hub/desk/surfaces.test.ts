import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openClient } from '../../surfaces/satellite/test-client.contract.ts'
import { EmulatedDock } from '../../surfaces/streamdeck/emulated-dock.fixture.ts'
import { openTestCore } from '../core.contract.ts'
import { openSurfaces } from './surfaces.ts'

void t.test('who is plugged in while the hub runs is named in its status', async (t) => {
  const dock = new EmulatedDock()
  const port = await dock.listen()
  const { core } = await openTestCore(t, {
    config: `
site: s
surfaces:
  decks: { type: streamdeck, usb: false, docks: [{ host: 127.0.0.1, port: ${port} }] }
`,
  })
  const surfaces = await openSurfaces(core, core.config(), join(core.data, 'infra.yaml'), () => '')
  t.teardown(async () => {
    await surfaces.close()
    await dock.close()
  })
  const address = () => surfaces.views().find(({ name }) => name === 'decks')?.address ?? ''
  const last = Date.now() + 30_000
  while (!address().includes('DOCK000042') && Date.now() < last) await pause(5)
  t.match(address(), 'Stream Deck Studio DOCK000042')
})

const desks = `
site: s
surfaces:
  one: { type: satellite, port: 0, webSocketPort: false }
  two: { type: satellite, port: 0, webSocketPort: false, pages: [1] }
  lines: { type: tcp, port: 0, answers: companion }
  few: { type: tcp, port: 0, answers: companion, pages: [1] }
pages:
  1: { 0/0: { text: A } }
  2: { 0/0: { text: B } }
  3: { 0/0: { text: C } }
`

/** Two surfaces of panels and two of lines, as clients see them. */
async function room(t: Test) {
  const { core } = await openTestCore(t, { config: desks })
  const surfaces = await openSurfaces(core, core.config(), join(core.data, 'infra.yaml'), () => '')
  t.teardown(() => surfaces.close())
  const view = (surface: string) => surfaces.views().find(({ name }) => name === surface)
  const portOf = (surface: string) => Number(view(surface)?.address.split(':').at(-1))
  const joined = async (surface: string, serial: string) => {
    const { say, until } = await openClient(t, portOf(surface))
    say(`ADD-DEVICE DEVICEID=d PRODUCT_NAME=x SERIAL=${serial} KEYS_TOTAL=1`)
    await until(/^ADD-DEVICE OK/)
  }
  const talker = async (surface: string) => {
    const socket = connect({ port: portOf(surface), host: '127.0.0.1' })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
    return async (line: string) => {
      socket.write(`${line}\n`)
      return String((await answers.next()).value)
    }
  }
  const pages = () =>
    ['one', 'two'].map((surface) => view(surface)?.panels.map(({ id, page }) => `${id} ${page}`))
  return { joined, talker, pages }
}

void t.test("a line turns a panel's page, at whichever surface that has joined", async (t) => {
  const { joined, talker, pages } = await room(t)
  await joined('one', 'CL1')
  await joined('one', 'CL2')
  await joined('two', 'CL3')
  t.strictSame(pages(), [['CL1 1', 'CL2 1'], ['CL3 1']], 'control: they show page 1')
  const say = await talker('lines')
  t.equal(await say('SURFACE CL2 PAGE-UP'), '+OK')
  t.strictSame(pages(), [['CL1 1', 'CL2 2'], ['CL3 1']], 'no other')
  t.equal(await say('SURFACE CL2 PAGE-SET 3'), '+OK')
  t.equal(await say('SURFACE CL1 PAGE-DOWN'), '+OK')
  t.strictSame(pages(), [['CL1 3', 'CL2 3'], ['CL3 1']])
  t.match(await say('SURFACE CL9 PAGE-UP'), /^-ERR no panel "CL9" is connected/)
})

void t.test('the same identity at two surfaces is two panels, and both are turned', async (t) => {
  const { joined, talker, pages } = await room(t)
  await joined('one', 'CL1')
  await joined('two', 'CL1')
  const say = await talker('lines')
  t.match(await say('SURFACE CL1 PAGE-SET 2'), /^-ERR .*page 2/, 'one of them may not use it')
  t.strictSame(pages(), [['CL1 2'], ['CL1 1']])
})

void t.test('a way in that may touch some pages turns panels to no other', async (t) => {
  const { joined, talker, pages } = await room(t)
  await joined('one', 'CL1')
  const say = await talker('few')
  t.match(await say('SURFACE CL1 PAGE-SET 2'), /^-ERR .*page 2/)
  t.strictSame(pages(), [['CL1 1'], []])
  t.equal(await say('SURFACE CL1 PAGE-SET 1'), '+OK', 'control: its own')
  for (const to of ['PAGE-UP', 'PAGE-DOWN']) t.equal(await say(`SURFACE CL1 ${to}`), '+OK')
  t.strictSame(pages(), [['CL1 1'], []], 'round its one page')
  t.equal(await (await talker('lines'))('SURFACE CL1 PAGE-UP'), '+OK')
  t.strictSame(pages(), [['CL1 2'], []], 'control: to one that may touch all there is another')
})
