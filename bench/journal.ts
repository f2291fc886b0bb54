import { systemClock } from '../bus/clock.ts'
import { encodeEntry, encodeEvent, firstPrevious, timeOf } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import { bodyHash, openRecorder, tipOf } from '../bus/recorder.ts'
import { journalOf } from '../hub/data-folder.ts'
import type { BusEvent } from '../intents/event.ts'
import { newId, type DeviceId, type Instant } from '../intents/id.ts'

/** Presses whose entries are recorded together: bounded, so that a million entries need no memory. */
const together = 500

/**
 * Writes a journal of about `entries` entries into the data folder, through the recorder: presses from 24 controls at
 * ten devices, three entries each, as a hub records them.
 */
export async function writeJournal(data: string, entries: number): Promise<void> {
  const log = await openFileLog(journalOf(data), { timeOf })
  const clock = systemClock()
  const recorder = openRecorder(log, clock, 'bench', tipOf('bench', []))
  for (let press = 0; press < entries / 3; press += together) {
    const count = Math.min(together, Math.ceil(entries / 3) - press)
    const events = Array.from({ length: count }, (_, i) => life(press + i, clock.now()))
    await recorder.record(events.flat(), 'live')
  }
  await log.close()
}

/** Bodies of presses as one hub writes them, one chain. */
export function bodyWriter(hub: string): (events: readonly BusEvent[], at: Instant) => string[] {
  let hseq = 0
  let hprev = firstPrevious
  return (events, at) =>
    events.map((event) => {
      const body = encodeEntry({ hub, hseq: ++hseq, hprev }, at, encodeEvent(event))
      hprev = bodyHash(body)
      return body
    })
}

/** A press, from its acceptance to its outcome. */
export function life(press: number, at: Instant): readonly BusEvent[] {
  const id = newId(at)
  const device = `d${press % 10}` as DeviceId // a valid name
  const control = `1/${press % 3}/${press % 8}`
  const submission = {
    id,
    intent: { verb: 'fire', device, action: '/cue/go', args: [press] },
    actor: { type: 'operator', id: 'ann', surface: 'touch', control },
    source: 'osc:127.0.0.1:53211',
    trace: id,
    at,
    expiresAt: null,
    cause: null,
  } as const
  return [
    { type: 'IntentAccepted', submission },
    { type: 'AttemptStarted', intent: id, attempt: 1 },
    { type: 'Delivered', intent: id, attempt: 1, ack: 'sent' },
  ]
}
