import { systemClock } from '../../bus/clock.ts'
import type { Config } from '../../config/config.ts'
import type { Finding } from './finding.ts'
import { readCalendarFile } from '../automation/schedule-files.ts'
import { listenToMqtt } from '../automation/signal-mqtt.ts'
import { wantedSignals } from '../automation/signals.ts'
import { brokerName } from '../automation/troubles.ts'

/** A broker that has not answered after this does not. Milliseconds. */
const patienceMs = 5000

/** Whether the brokers and calendars that triggers and schedules name can be reached and read. Nothing is published. */
export async function watchedFindings({
  triggers,
  schedules,
}: Pick<Config, 'triggers' | 'schedules'>): Promise<readonly Finding[]> {
  const brokers = wantedSignals(triggers).flatMap(([way, url, topics]) =>
    way === 'mqtt' && url !== null ? [brokerFinding(url, topics)] : [],
  )
  const calendars = new Map(
    schedules.flatMap(({ timing }) =>
      timing.kind === 'calendar-file' ? [[timing.path, timing.zone] as const] : [],
    ),
  )
  return [
    ...(await Promise.all(brokers)),
    ...[...calendars].map(([path, zone]) => calendarFinding(path, zone)),
  ]
}

async function brokerFinding(url: string, topics: readonly string[]): Promise<Finding> {
  const name = `Broker ${brokerName(url)}`
  const fault = await faultOf(url, topics)
  return fault === null
    ? { name, state: 'ok', detail: `takes ${topics.join(', ')}`, fix: null }
    : {
        name,
        state: 'missing',
        detail: fault,
        fix: 'start the broker, or correct its URL, name and password in the triggers',
      }
}

/** Why a broker cannot be listened to; null: it can. */
async function faultOf(url: string, topics: readonly string[]): Promise<string | null> {
  let cancel = () => {}
  let end = () => Promise.resolve()
  const fault = await new Promise<string | null>((resolve) => {
    const late = () => resolve(`no answer within ${patienceMs / 1000} s`)
    cancel = systemClock().after(patienceMs, late)
    end = listenToMqtt(url, topics, () => {}, resolve)
  })
  cancel()
  await end()
  return fault
}

function calendarFinding(path: string, zone: string): Finding {
  const name = `Calendar ${path}`
  const { fault } = readCalendarFile(path, zone, systemClock().wall())
  return fault === null
    ? { name, state: 'ok', detail: 'can be read', fix: null }
    : {
        name,
        state: 'missing',
        detail: fault,
        fix: 'put an iCalendar file there that the hub may read, or correct calendar in the schedule',
      }
}
