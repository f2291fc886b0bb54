import type { ScheduleConfig } from '../../config/config.ts'
import { siteDevice, type Instant } from '../../intents/id.ts'
import type { IntentFilter, Source, Test, Trigger } from '../../macros/trigger/trigger.ts'
import type { TriggerState } from '../../macros/trigger/evolve.ts'
import { schedulePrefix, type Firings } from '../../projections/firings.ts'
import type { Devices } from '../../projections/devices.ts'
import type {
  FiringView,
  ScheduleView,
  TriggerView,
  VariableView,
} from '../../surfaces/http/automation-view.ts'
import { brokerName, type Troubles } from './troubles.ts'
import type { Variables } from './variables.ts'

// How triggers, schedules and variables look to those who ask: pure.

/** Who starts things now. */
export interface Starting {
  readonly hub: string | null
  readonly firings: Firings
  readonly troubles: Pick<Troubles, 'of'>
}

export function triggerView(
  trigger: Trigger,
  state: TriggerState | undefined,
  now: Instant,
  { hub, firings, troubles }: Starting,
): TriggerView {
  const { name, on, run, when, forMs, coolDownMs } = trigger
  const cools = state?.firedAt == null ? null : ((state.firedAt + coolDownMs) as Instant) // ms since the epoch
  return {
    ...{ name, run, when, forMs, coolDownMs, hub, on: hub !== null },
    listensTo: sourceName(on),
    last: lastOf(firings, name),
    trouble: on.kind === 'signal' && on.way !== 'webhook' ? troubleOf(on, troubles) : null,
    waitsUntil: state?.waits?.until ?? null,
    coolsUntil: cools !== null && cools > now ? cools : null,
  }
}

type Signal = Extract<Source, { readonly kind: 'signal' }>

function troubleOf({ way, name, from }: Signal, troubles: Pick<Troubles, 'of'>): string | null {
  switch (way) {
    case 'webhook':
      return null
    case 'mqtt':
      return troubles.of(way, brokerName(from ?? ''))?.detail ?? null
    case 'osc':
      return troubles.of(way, from ?? '')?.detail ?? null
    case 'file':
      return troubles.of(way, name)?.detail ?? null
    default:
      return way satisfies never
  }
}

export function scheduleView(
  { name, run, when, missed, timing }: ScheduleConfig,
  next: Instant | null,
  { hub, firings, troubles }: Starting,
): ScheduleView {
  const isFile = timing.kind === 'calendar-file'
  return {
    ...{ name, run, when, missed, hub, on: hub !== null, next },
    timing: timingName(timing),
    last: lastOf(firings, `${schedulePrefix}${name}`),
    trouble: isFile ? (troubles.of('calendar', timing.path)?.detail ?? null) : null,
  }
}

export function variableViews(variables: Variables, { devices }: Devices): readonly VariableView[] {
  const site = devices.get(siteDevice)
  return [...variables].map(([name, variable]) => {
    const known = site?.reported.get(name)
    return {
      name,
      ...variable,
      value: known === undefined ? variable.default : known.value,
      at: known?.at ?? null,
      intent: site?.desired.get(name)?.intent ?? null,
    }
  })
}

function lastOf({ last }: Firings, actor: string): FiringView | null {
  return last.get(actor) ?? null
}

function sourceName(on: Source): string {
  switch (on.kind) {
    case 'intent':
      return `${filterName(on.filter)} is accepted`
    case 'outcome':
      return `${filterName(on.filter)} ends as ${on.ends.join(' or ')}`
    case 'state':
      return `${on.device} ${on.path} ${testName(on.test)}`
    case 'link':
      return `${on.device} is ${on.up ? 'up' : 'down'}`
    case 'signal':
      return on.from === null
        ? `${on.way} ${on.name}`
        : `${on.way} ${on.name} at ${on.way === 'mqtt' ? brokerName(on.from) : `port ${on.from}`}`
    case 'start':
      return 'a hub starts'
    case 'run':
      return `${on.macro} is ${on.ends.join(' or ')}`
    default:
      return on satisfies never
  }
}

function filterName({ verb, device, name }: IntentFilter): string {
  return [verb ?? 'any intent', device, name].filter((word) => word !== null).join(' ')
}

function testName(test: Test): string {
  switch (test.is) {
    case 'change':
      return 'changes'
    case 'equal':
      return `is ${JSON.stringify(test.to)}`
    case 'above':
    case 'below': {
      const back = test.is === 'above' ? 'below' : 'above'
      return `${test.is} ${test.limit}${test.reset === test.limit ? '' : `, again when ${back} ${test.reset}`}`
    }
    default:
      return test satisfies never
  }
}

function timingName(timing: ScheduleConfig['timing']): string {
  switch (timing.kind) {
    case 'cron':
      return `${timing.cron} (${timing.zone})`
    case 'every':
      return `every ${timing.everyMs / 1000} s`
    case 'once':
      return `once, ${new Date(timing.at).toISOString()}`
    case 'sun':
      return `${offsetName(timing.offsetMs)}${timing.event}`
    case 'calendar-file':
      return `${offsetName(timing.offsetMs)}${timing.path}${timing.matching === '' ? '' : `, “${timing.matching}”`}`
    default:
      return timing satisfies never
  }
}

function offsetName(ms: number): string {
  return ms === 0 ? '' : `${Math.abs(ms) / 1000} s ${ms < 0 ? 'before' : 'after'} `
}
