import type { Recorded } from '../bus/entry.ts'
import { macroLease, siteDevice } from '../intents/id.ts'
import type { Deliveries, IntentRecord } from './deliveries.ts'
import { mayAct, type Leases } from './leases.ts'

/**
 * Whether an entry means anything where it stands in the log: what comes a second time, and what a hub says of a
 * device that it has lost, does not. One rule for every fold, so that two hubs that race need no lock: the first
 * `IntentAccepted` with an id counts, the first end of an intent, the first lease with a token. To be asked before the
 * entry is folded. Pure.
 */
export function counts(
  { intents, alone }: Pick<Deliveries, 'intents' | 'alone'>,
  leases: Leases,
  { hub, event }: Recorded,
): boolean {
  switch (event.type) {
    case 'IntentAccepted':
    case 'IntentRefused':
      return (
        !intents.has(event.submission.id) &&
        // a macro's step, by a hub that does not carry out macros any more
        (event.submission.actor.type !== 'macro' || mayRun({ alone, leases }, hub))
      )
    case 'DeviceReported':
      // who carries out the macros answers for the site's variables
      return event.device !== siteDevice || mayRun({ alone, leases }, hub)
    case 'RunAdvanced':
      return mayAct(leases, macroLease, hub)
    case 'AttemptStarted':
      return (
        isOpen(intents.get(event.intent)) &&
        mayActFor(intents.get(event.intent), { alone, leases }, hub)
      )
    case 'AttemptFailed': {
      const record = intents.get(event.intent)
      const last = record?.attempts.at(-1)
      // a verdict on an attempt that is over already, or on another hub's later one, comes too late
      return (
        isOpen(record) &&
        (last === undefined || (last.endedAt === null && last.attempt === event.attempt)) &&
        (last?.hub === hub || mayActFor(record, { alone, leases }, hub))
      )
    }
    // whoever says it: the device has it
    case 'Delivered':
    case 'IntentEnded':
      return isOpen(intents.get(event.intent))
    case 'LeaseTaken': {
      const known = leases.leases.get(event.lease)
      return known === undefined || known.lost || event.token > known.token
    }
    case 'LeaseGiven': {
      const known = leases.leases.get(event.lease)
      return known?.hub === hub && known.token === event.token
    }
    default:
      return true
  }
}

function isOpen(record: IntentRecord | undefined): boolean {
  return record?.outcome === null
}

/** Whether `hub` may carry out the site's macros. */
function mayRun(
  { alone, leases }: { readonly alone: Deliveries['alone']; readonly leases: Leases },
  hub: string,
): boolean {
  return (
    mayAct(leases, macroLease, hub) ||
    alone.get(hub)?.leases.some(({ lease }) => lease === macroLease) === true
  )
}

function mayActFor(
  record: IntentRecord | undefined,
  { alone, leases }: { readonly alone: Deliveries['alone']; readonly leases: Leases },
  hub: string,
): boolean {
  const intent = record?.submission.intent
  // what a hub accepted alone it has carried out alone, whoever has the device by now
  if (record?.alone?.hub === hub && alone.get(hub)?.since === record.alone.since) return true
  return (intent?.verb !== 'fire' && intent?.verb !== 'set') || mayAct(leases, intent.device, hub)
}
