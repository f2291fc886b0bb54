import t from 'tap'
import { openDesk, openTestCore } from './core.contract.ts'

void t.test('a named intent does what its conditions allow when it is asked for', async (t) => {
  const desk = await openDesk(t)
  const { submit, ended } = await openTestCore(t, {
    config: `
site: s
devices: { desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} } }
intents:
  studio_dark_mode:
    - { fire: desk, action: /level, args: [0] }
    - { fire: desk, action: /never, when: '1 == 2' }
    - { fire: desk, action: /off, when: '1 == 1' }
`,
  })
  const { id } = await submit({ verb: 'do', name: 'studio_dark_mode', args: {} })
  t.equal((await ended(id)).outcome, 'sent')
  await desk.until(2, AbortSignal.timeout(30_000))
  t.match(desk.received().toSorted(), [/^\/level/, /^\/off/])
})
