import type { Clock } from '../../bus/clock.ts'
import { failed } from '../../intents/failure.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { Submission } from '../../intents/intent.ts'
import type { Json } from '../../intents/json.ts'
import { noDefaults, type InnerWish, type Intake } from '../intake.ts'
import type { Journal } from '../journal.ts'
import type { Opened } from './opened.ts'
import type { Personal } from '../privacy/personal.ts'
import type { Room } from '../room.ts'

/** What the hub itself wants: the steps of its macros, and what is sent to a device again. */
export interface OwnWishes {
  /** Tried again until it is recorded. */
  submit(wish: InnerWish): void
  /** A lasting value that a device has lost. */
  resend(device: DeviceId, path: string, value: Json): void
  /** As it is to be sent; null, and ended, where what is personal in it is not there any more. */
  clear(submission: Submission): Submission | null
}

export interface OwnWishesParts {
  readonly hub: string
  readonly clock: Clock
  readonly room: Room
  readonly personal: Personal
  readonly journal: Pick<Journal, 'insist'>
  readonly opened: Pick<Opened, 'isClosing'>
  intake(): Pick<Intake, 'submit'>
}

/** How soon the hub's own wish is tried again where the log is full. Milliseconds. */
const againMs = 250

/** Where a person, or a disk, has taken it away. */
const notThere = failed(
  'refused',
  'what was to be sent is not kept beside the log any more: it was erased, or lost; press again if it is still wanted',
)

export function openOwnWishes(parts: OwnWishesParts): OwnWishes {
  const { clock, hub, room, personal, journal, opened } = parts

  function submit(wish: InnerWish): void {
    parts
      .intake()
      .submit(wish, noDefaults)
      .catch(() => clock.after(againMs, () => opened.isClosing() || isStale(wish) || submit(wish)))
  }

  /** A step whose run has ended while it could not be recorded. */
  function isStale({ lead = [] }: InnerWish): boolean {
    return lead.some(
      (event) =>
        event.type === 'RunAdvanced' &&
        event.state === 'running' &&
        room.runs.state.runs.get(event.run)?.state !== 'running',
    )
  }

  return {
    submit,
    resend(device, path, value) {
      const known = room.devices.state.devices.get(device)?.desired.get(path)
      const again = personal.again(known?.value, value)
      if (again === null) return // it was erased: nobody may learn it from the device either
      submit({
        intent: { verb: 'set', device, path, value },
        ...(again === undefined
          ? {}
          : { recorded: { verb: 'set', device, path, value: again } as const }),
        actor: { type: 'trigger', id: 'resync' },
        source: `hub:${hub}`,
      })
    },
    clear(submission) {
      const open = personal.reveal(submission)
      if (open === null) {
        const { id: intent } = submission
        const failure = notThere
        journal.insist(
          [{ type: 'IntentEnded', intent, outcome: 'failed', failure, by: null }],
          'lazy',
        )
      }
      return open
    },
  }
}
