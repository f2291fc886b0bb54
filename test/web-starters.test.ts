import type { Instant, IntentId, MacroId } from '../intents/id.ts'
import type { ScheduleView, TriggerView, VariableView } from '../surfaces/http/automation-view.ts'
import { browserTest } from './fixtures/browser.ts'

const starter = {
  run: 'alarm' as MacroId,
  when: null,
  on: true,
  hub: 'hub-a',
  last: null,
  trouble: null,
}
const trigger = (more: Partial<TriggerView> = {}): TriggerView => ({
  ...starter,
  name: 'door',
  listensTo: 'mqtt door at mqtt://127.0.0.1:1883',
  forMs: 0,
  coolDownMs: 0,
  waitsUntil: null,
  coolsUntil: null,
  ...more,
})
const schedule = (more: Partial<ScheduleView> = {}): ScheduleView => ({
  ...starter,
  name: 'close_down',
  timing: '30 2 * * * (Europe/Berlin)',
  missed: 'once',
  next: (Date.now() + 7_200_000) as Instant,
  ...more,
})
const variable = (more: Partial<VariableView> = {}): VariableView => ({
  name: 'on_air',
  type: 'boolean',
  default: false,
  description: 'The red light',
  value: false,
  at: null,
  intent: null,
  ...more,
})

void browserTest(
  'triggers, schedules and variables say how they are, and one that cannot listen stands out',
  async (t, page, hub) => {
    const last = {
      at: (Date.now() - 120_000) as Instant,
      intent: 'x' as IntentId,
      cause: 'trigger:door by mqtt door (42)',
      refused: null,
    }
    hub.starters = {
      triggers: [trigger({ last })],
      schedules: [schedule()],
      variables: [variable()],
    }
    const again = () =>
      hub.record({ type: 'ListenerChanged', way: 'mqtt', name: 'x', up: false, detail: 'gone' })
    again()
    const card = (name: string) => page.locator(`[data-starter="${name}"]`)
    await card('door').filter({ hasText: 'mqtt door at mqtt://127.0.0.1:1883 → alarm' }).waitFor()
    await card('door')
      .filter({ hasText: /fired 2.min ago: trigger:door by mqtt door/ })
      .waitFor()
    await card('close_down')
      .filter({ hasText: /next in 2.h/ })
      .waitFor()
    await page
      .locator('[data-variable="on_air"]', { hasText: 'The red light, its default' })
      .waitFor()
    t.equal(await page.locator('#starters .failure').count(), 0, 'control: nothing is wrong')

    const trouble = 'connect ECONNREFUSED 127.0.0.1:1883'
    const at = Date.now() as Instant
    hub.starters = {
      triggers: [trigger({ last, trouble })],
      schedules: [schedule({ on: false, hub: null })],
      variables: [variable({ value: true, at, intent: 'x' as IntentId })],
    }
    again()
    await card('door').locator('.failure', { hasText: trouble }).waitFor()
    await page.locator('#starters-title', { hasText: '1 in trouble' }).waitFor()
    await card('close_down').filter({ hasText: 'off: no hub runs macros' }).waitFor()
    await page.locator('[data-variable="on_air"] code', { hasText: 'true' }).waitFor()
    const shots = process.env['SHOTS']
    if (shots !== undefined) await page.screenshot({ path: `${shots}/starters.png` })
  },
)
