import { once, EventEmitter } from 'node:events'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import { actorName, type Actor, type Intent } from '../intents/intent.ts'
import { endOf } from '../intents/end.ts'
import type { Outcome } from '../intents/outcome.ts'
import type {
  Console,
  ControlView,
  DeviceView,
  EntryView,
  FaceView,
  IntentView,
  RunView,
  WitnessView,
} from '../surfaces/http/console.ts'
import { openHttp } from '../surfaces/http/server.ts'
import type { ControlGesture, ControlPlace, Receipt, Wish } from '../surfaces/surface.ts'

// A hub in memory behind the real HTTP server: it keeps every gesture it is given, and ends each press as the test
// says. It exists to look at the console from outside, without devices.

export interface SeenGesture extends ControlPlace {
  readonly gesture: ControlGesture
  readonly id: string | undefined
  readonly actor: Actor
}

/** What becomes of a press: an end at once, or nothing before the test calls `finish`. */
export type Fate = Outcome | 'wait' | 'refuse'

export interface WebDouble {
  readonly address: string
  readonly seen: readonly SeenGesture[]
  readonly hub: Console
  fate(text: string, fate: Fate): void
  finish(id: IntentId, outcome: Outcome, detail?: string): void
  record(event: BusEvent): void
  face(place: ControlPlace, change: Partial<FaceView>): void
  devices: DeviceView[]
  runs: RunView[]
  held: boolean
  /** Resolves once `count` gestures have come in. */
  gestures(count: number): Promise<readonly SeenGesture[]>
  close(): Promise<void>
}

const now = () => Date.now() as Instant

export async function openDouble(
  controls: readonly ControlView[],
  { port = 0, token = null }: { port?: number; token?: string | null } = {},
): Promise<WebDouble> {
  const bus = new EventEmitter().setMaxListeners(0)
  const seen: SeenGesture[] = []
  const entries: EntryView[] = []
  const intents = new Map<string, IntentView>()
  const fates = new Map<string, Fate>()
  const places = new Map<string, ControlPlace>()
  const faces = new Map(controls.map((control) => [key(control), control.face]))

  const double = { devices: [] as DeviceView[], runs: [] as RunView[], held: false }

  function record(event: BusEvent): string {
    const hseq = entries.length + 1
    const entry = { position: String(hseq), hub: 'hub-a', hseq, at: now(), event }
    entries.push(entry)
    const end = endOf(event)
    const view = end === null ? undefined : intents.get(end.intent)
    if (end !== null && view !== undefined) {
      const failure = 'failure' in event && event.failure !== null ? event.failure : undefined
      const outcome = { type: end.outcome, at: entry.at, ...(failure ? { failure } : {}) }
      intents.set(end.intent, { ...view, status: 'ended', outcome })
      const place = places.get(end.intent)
      if (place !== undefined)
        change(place, {
          state: end.outcome === 'confirmed' || end.outcome === 'sent' ? 'idle' : 'failed',
          last: {
            intent: end.intent,
            outcome: end.outcome,
            at: entry.at,
            detail: failure?.detail ?? '',
            actor: actorName(view.actor),
          },
        })
    }
    bus.emit('entry')
    return entry.position
  }

  function change(place: ControlPlace, next: Partial<FaceView>): void {
    const face = { ...(faces.get(key(place)) ?? blank), ...next }
    faces.set(key(place), face)
    bus.emit('face', place, face)
  }

  function finish(id: IntentId, outcome: Outcome, detail = ''): void {
    const failure: Failure | null = detail === '' ? null : failed('timeout', detail)
    if (outcome === 'confirmed' || outcome === 'sent')
      record({ type: 'Delivered', intent: id, attempt: 1, ack: outcome })
    else record({ type: 'IntentEnded', intent: id, outcome, failure, by: null })
  }

  function accept(wish: Wish, fate: Fate, place: ControlPlace | null): Receipt {
    const id = wish.id ?? newId(Date.now())
    const at = now()
    const submission = { id, ...wish, trace: id, at, expiresAt: null, cause: null }
    if (place !== null) places.set(id, place)
    intents.set(id, {
      ...submission,
      position: String(entries.length + 1),
      status: 'attempting',
      attempts: [
        { attempt: 1, startedAt: at, endedAt: null, ack: null, failure: null, retryAt: null },
      ],
      outcome: null,
      children: [],
    })
    if (fate === 'refuse') {
      const failure = failed('held', 'The hold is on: nothing is sent.')
      const position = record({ type: 'IntentRefused', submission, failure })
      return { id, position, duplicate: false, refusal: { failure, code: 'held', field: null } }
    }
    const position = record({ type: 'IntentAccepted', submission })
    record({ type: 'AttemptStarted', intent: id, attempt: 1 })
    if (place !== null) change(place, { state: 'pending' })
    if (fate !== 'wait')
      finish(id, fate, fate === 'failed' ? 'connection refused by 127.0.0.1:8099' : '')
    return { id, position, duplicate: false, refusal: null }
  }

  async function submit(wish: Wish): Promise<Receipt> {
    if (wish.intent.verb === 'hold') double.held = wish.intent.on
    if (wish.intent.verb === 'cancel')
      double.runs = double.runs.map((run) => ({ ...run, state: 'cancelled' as const }))
    return accept(wish, 'confirmed', null)
  }

  async function gesture(
    place: ControlPlace,
    gesture: ControlGesture,
    from: Omit<Wish, 'intent'>,
  ): Promise<readonly Receipt[] | null> {
    const control = controls.find((control) => key(control) === key(place))
    if (control === undefined) return null
    seen.push({ ...place, gesture, id: from.id, actor: from.actor })
    bus.emit('gesture')
    const bound =
      gesture === 'up'
        ? control.release
        : gesture.startsWith('rotate')
          ? control.rotate
          : control.press
    if (!bound) return []
    const intent: Intent = {
      verb: 'fire',
      device: 'mypro' as DeviceId,
      action: control.face.text,
      args: null,
    }
    return [accept({ ...from, intent }, fates.get(control.face.text) ?? 'confirmed', place)]
  }

  async function* follow(after: string | null, signal: AbortSignal): AsyncGenerator<EntryView> {
    let next = after === 'now' ? entries.length : Number(after ?? 0)
    while (!signal.aborted) {
      const entry = entries[next]
      if (entry === undefined) await once(bus, 'entry', { signal })
      else {
        next++
        yield entry
      }
    }
  }

  let verified: WitnessView['verified'] = null
  const witness = () => ({
    hub: 'hub-a',
    entries: entries.length,
    head: 'q83vASNFZ4mrze8BI0VniQ==',
    verified,
  })
  const hub: Console = {
    submit,
    gesture,
    async ended(id, signal) {
      for (;;) {
        const outcome = intents.get(id)?.outcome
        if (outcome) return { id, outcome: outcome.type, failure: outcome.failure ?? null }
        await once(bus, 'entry', { signal })
      }
    },
    rejected: () => undefined,
    intent: async (id) => intents.get(id) ?? null,
    intents: async ({ outcome, limit }) => ({
      intents: [...intents.values()]
        .filter((view) => outcome === undefined || view.outcome?.type === outcome)
        .reverse()
        .slice(0, limit),
    }),
    devices: () => double.devices,
    panel: () => ({
      pages: [...new Set(controls.map(({ page }) => page))].map((page) => {
        const here = controls.filter((control) => control.page === page)
        return {
          page,
          rows: Math.max(...here.map(({ row }) => row)) + 1,
          cols: Math.max(...here.map(({ col }) => col)) + 1,
          controls: here.map((c) => ({ ...c, face: faces.get(key(c)) ?? c.face })),
        }
      }),
    }),
    macros: () => [],
    runs: () => double.runs,
    surfaces: () => [],
    actions: () => ({ devices: [], names: [] }),
    status: () => ({
      site: 'studio-a',
      hub: 'hub-a',
      version: '0.1.0',
      startedAt: started,
      now: now(),
      held: double.held,
      log: { engine: 'file', head: String(entries.length), writable: true, detail: '' },
      devices: double.devices,
      leases: [],
      openIntents: 0,
      witness: witness(),
      surfaces: [{ name: 'console', type: 'web', address: 'http', rejected: 0 }],
    }),
    health: () => ({ ok: true, reasons: [] }),
    metrics: () => '',
    entries: follow,
    onFace(listener) {
      bus.on('face', listener)
      return () => bus.off('face', listener)
    },
    addDevice: async () => null,
    removeDevice: async () => null,
    testDevice: async () => null,
    replay: async () => ({}),
    async verify() {
      const verdict = {
        ok: true as const,
        entries: entries.length,
        hubs: [{ hub: 'hub-a', entries: entries.length, head: witness().head }],
      }
      verified = { at: now(), ...verdict }
      return verdict
    },
    tokenOwner: (given) => (given === token ? 'desk' : null),
    accessRefused: () => undefined,
    image: async () => null,
  }
  const started = now()
  const server = await openHttp(
    {
      // a token is wanted on every address but loopback
      host: token === null ? '127.0.0.1' : '0.0.0.0',
      port,
      tls: null,
      insecure: token !== null,
      webRoot: new URL('../web', import.meta.url).pathname,
      version: '0.1.0',
    },
    hub,
  )
  return Object.assign(double, {
    address: server.address.replace('0.0.0.0', '127.0.0.1'),
    seen,
    hub,
    fate: (text: string, fate: Fate) => void fates.set(text, fate),
    finish,
    record: (event: BusEvent) => void record(event),
    face: change,
    async gestures(count: number) {
      while (seen.length < count)
        await once(bus, 'gesture', { signal: AbortSignal.timeout(10_000) })
      return seen
    },
    close: () => server.close(),
  })
}

const blank: FaceView = { text: '', colour: '#2a323d', image: null, state: 'idle', last: null }

/** A control with only what the test is about. */
export function control(
  place: ControlPlace,
  text: string,
  more: Partial<Omit<ControlView, 'face'>> & { readonly colour?: string } = {},
): ControlView {
  const { colour = '#2a323d', ...rest } = more
  const face = { ...blank, text, colour }
  return { ...place, press: true, release: false, holdMs: null, rotate: false, ...rest, face }
}

function key({ page, row, col }: ControlPlace): string {
  return `${page}/${row}/${col}`
}
