import type { Clock } from '../../bus/clock.ts'
import type { BusEvent } from '../../intents/event.ts'
import { sayable, type Json } from '../../intents/json.ts'
import type { SignalWay, Source, Trigger } from '../../macros/trigger/trigger.ts'
import type { Heard, Listener } from './listener.ts'
import { listenToFile } from './signal-file.ts'
import { listenToMqtt } from './signal-mqtt.ts'
import { listenToOsc } from './signal-osc.ts'
import { brokerName, type Troubles } from './troubles.ts'

/** Listens outside for the triggers, on the hub that carries out the macros: what comes is recorded, and nothing else. */
export interface Signals {
  take(): void
  drop(): void
  /** Others are in the config now. */
  changed(): void
  close(): Promise<void>
}

export interface SignalsParts {
  readonly clock: Clock
  triggers(): readonly Trigger[]
  readonly troubles: Pick<Troubles, 'tell' | 'forget'>
  /** Records it, and again until it is recorded. */
  signal(event: BusEvent): void
}

/** Above what a sensor or a service says; what is longer is cut. Characters. */
const maxText = 4000

export function openSignals(parts: SignalsParts): Signals {
  let listeners: readonly Listener[] = []
  let ending: Promise<unknown> = Promise.resolve()
  let isMine = false

  const heard =
    (way: SignalWay): Heard =>
    (name, value, source) =>
      parts.signal(signalOf(way, name, value, source))

  const told = (way: 'mqtt' | 'osc' | 'file', name: string) => (fault: string | null) =>
    parts.troubles.tell(way, name, fault)

  function listen(): void {
    for (const [way, from, names] of wantedSignals(parts.triggers())) {
      if (way === 'mqtt' && from !== null)
        listeners = [
          ...listeners,
          listenToMqtt(from, names, heard(way), told(way, brokerName(from))),
        ]
      if (way === 'osc' && from !== null)
        listeners = [
          ...listeners,
          listenToOsc(Number(from), names, heard(way), told(way, from), parts.clock),
        ]
      if (way === 'file')
        listeners = [
          ...listeners,
          ...names.map((name) => listenToFile(name, heard(way), told(way, name), parts.clock)),
        ]
    }
  }

  function stop(): void {
    const ended = listeners.map((end) => end())
    listeners = []
    parts.troubles.forget(['mqtt', 'osc', 'file'])
    ending = Promise.all([ending, ...ended])
  }

  return {
    take() {
      if (isMine) return
      isMine = true
      listen()
    },
    drop() {
      isMine = false
      stop()
    },
    changed() {
      if (!isMine) return
      stop()
      // a port is bound anew only when it is free
      void ending.then(() => isMine && listeners.length === 0 && listen())
    },
    async close() {
      isMine = false
      stop()
      await ending
    },
  }
}

export function signalOf(way: SignalWay, name: string, value: Json, source: string): BusEvent {
  const said = sayable(value)
  const text = JSON.stringify(said)
  return {
    type: 'SignalReceived',
    way,
    name,
    value: text.length > maxText ? text.slice(0, maxText).toWellFormed() : said,
    source: source.slice(0, 200).toWellFormed(),
  }
}

/** What to listen to, together where it comes the same way. */
export function wantedSignals(
  triggers: readonly Trigger[],
): readonly (readonly [SignalWay, string | null, readonly string[]])[] {
  const ways = new Map<string, { way: SignalWay; from: string | null; names: Set<string> }>()
  for (const { on } of triggers) {
    if (!isSignal(on)) continue
    const key = `${on.way} ${on.from ?? ''}`
    const one = ways.get(key) ?? { way: on.way, from: on.from, names: new Set<string>() }
    one.names.add(on.name)
    ways.set(key, one)
  }
  return [...ways.values()].map(({ way, from, names }) => [way, from, [...names]] as const)
}

function isSignal(on: Source): on is Extract<Source, { readonly kind: 'signal' }> {
  return on.kind === 'signal'
}
