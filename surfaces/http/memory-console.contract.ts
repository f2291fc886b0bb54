import {
  isId,
  newId,
  type DeviceId,
  type Instant,
  type IntentId,
  type MacroId,
  type RunId,
} from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import type { Outcome } from '../../intents/outcome.ts'
import { failed, type FailureCode } from '../../intents/failure.ts'
import type { Ended, Receipt, Refusal, Wish } from '../surface.ts'
import type { Console } from './console.ts'
import type { IntentView } from './intent-view.ts'
import type { FaceView } from './panel-view.ts'
import type { ShownPicture } from './picture-view.ts'
import type { EntryView, LogRead } from './record-view.ts'
import { memoryCustodian } from './memory-custodian.contract.ts'

// A console in memory: the port without a hub, for the tests of everything that speaks to it. What a device or a
// control is called says how it behaves.

/** `desk` confirms, `slow` waits for `finish`, `ghost` is unknown, `late` is expired, `frozen` is on hold. */
const refusals: Readonly<Record<string, readonly [code: string, FailureCode, field: string]>> = {
  ghost: ['unknown-device', 'not-found', 'intent.device'],
  late: ['expired', 'expired', 'expiresInMs'],
  frozen: ['held', 'held', 'intent'],
  picky: ['bad-argument', 'malformed', 'intent.args'],
}

const at = 1_767_225_600_000 as Instant // 2026-01-01T00:00:00Z
const fire = (device: string): Intent => ({
  verb: 'fire',
  device: device as DeviceId,
  action: '/cue/go',
  args: null,
})
/** What a press of each control of page 1, row 0 fires. */
const grid: Readonly<Record<string, readonly string[]>> = {
  '1/0/0': ['desk'],
  '1/0/1': [],
  '1/0/2': ['slow'],
  '1/0/3': ['desk', 'ghost'],
  '1/0/4': ['ghost'],
}

const restingFace: FaceView = {
  text: 'GO',
  colour: '#204060',
  textColour: null,
  size: 100,
  alignment: 'center:center',
  image: null,
  picture: null,
  run: null,
  state: 'idle',
  last: null,
}

export function memoryConsole() {
  const wishes: Wish[] = []
  const lives = new Map<IntentId, IntentView>()
  const waiting = new Map<IntentId, ((ended: Ended) => void)[]>()
  const faces = new Set<Parameters<Console['onFace']>[0]>()
  const runListeners = new Set<Parameters<Console['onRun']>[0]>()
  const journal: EntryView[] = []
  const readers = new Set<() => void>()
  const accessRefused: { source: string; detail: string }[] = []
  const rejected: { source: string; detail: string }[] = []
  const devices: { name: string; actor: unknown; options: unknown }[] = []
  const replays: unknown[] = []
  const reads: LogRead[] = []
  const hooks: { type: string; query: string; body: string }[] = []
  const keyChanges: { how: string; actor: unknown }[] = []
  const pictures = new Map<number, ShownPicture>()
  let sealed = true
  const faults: {
    submit: Error | null
    tokens: Error | null
    health: string[]
    key: string | null
  } = {
    submit: null,
    key: null,
    tokens: null,
    health: [],
  }
  const counts = { pulled: 0, openReaders: 0, verifications: 0 }

  function receive(wish: Wish): Receipt {
    if (faults.submit !== null) throw faults.submit
    const id = wish.id ?? newId(at)
    const before = lives.get(id)
    if (before !== undefined)
      return { id, position: before.position, duplicate: true, refusal: null }
    wishes.push(wish)
    const position = String(wishes.length)
    const device = 'device' in wish.intent ? wish.intent.device : ''
    const rule = refusals[device]
    const failure = rule === undefined ? null : failed(rule[1], `${device} is not to be had`)
    lives.set(id, {
      id,
      intent: wish.intent,
      actor: wish.actor,
      source: wish.source,
      trace: wish.trace ?? id,
      cause: null,
      at,
      expiresAt: null,
      position,
      status: 'pending',
      attempts: [],
      outcome: null,
      children: [],
      corrections: [],
    })
    if (failure !== null) finish(id, 'refused')
    else if (device !== 'slow') queueMicrotask(() => finish(id, 'confirmed'))
    const refusal: Refusal | null =
      rule === undefined || failure === null ? null : { failure, code: rule[0], field: rule[2] }
    return { id, position, duplicate: false, refusal }
  }

  function finish(id: IntentId, outcome: Outcome): void {
    const life = lives.get(id)
    if (life === undefined) throw new Error(`no intent ${id}`)
    lives.set(id, { ...life, status: 'ended', outcome: { type: outcome, at } })
    for (const tell of waiting.get(id) ?? []) tell({ id, outcome, failure: null })
    waiting.delete(id)
  }

  function record(count: number): void {
    for (let i = 0; i < count; i++) {
      const hseq = journal.length + 1
      const event = {
        type: 'DeviceReported',
        device: 'desk' as DeviceId,
        path: '/level',
        value: hseq,
      } as const
      journal.push({ position: String(hseq), hub: 'hub-a', hseq, at, event })
    }
    for (const wake of readers) wake()
  }

  async function* read(from: number, signal: AbortSignal): AsyncGenerator<EntryView> {
    counts.openReaders++
    try {
      for (let i = from; !signal.aborted;) {
        const entry = journal[i]
        if (entry !== undefined) {
          i++
          counts.pulled++
          yield entry
          continue
        }
        await new Promise<void>((resolve) => {
          const wake = () => {
            readers.delete(wake)
            signal.removeEventListener('abort', wake)
            resolve()
          }
          readers.add(wake)
          signal.addEventListener('abort', wake)
        })
      }
    } finally {
      counts.openReaders--
    }
  }

  const device = {
    id: 'desk' as DeviceId,
    protocol: 'osc',
    link: { up: null, detail: 'UDP: nobody can know', at },
    desired: { '/level': { value: 1, intent: newId(at), at, outcome: 'sent' } },
    reported: { '/level': { value: 0.5, at } },
    open: 0,
    delivered: 3,
    failed: 0,
  } as const

  const hub: Console = {
    submit: async (wish) => receive(wish),
    async gesture(place, gesture, from) {
      const bound = grid[`${place.page}/${place.row}/${place.col}`]
      if (bound === undefined) return null
      if (gesture !== 'press' && gesture !== 'down') return []
      return bound.map((device) => receive({ ...from, intent: fire(device) }))
    },
    ended: (id, signal) =>
      new Promise((resolve, reject) => {
        const outcome = lives.get(id)?.outcome
        if (outcome) return resolve({ id, outcome: outcome.type, failure: null })
        waiting.set(id, [...(waiting.get(id) ?? []), resolve])
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
    webhook: async (name) => (name === 'bell' ? '1' : null),
    rejected: (source, { detail }) => void rejected.push({ source, detail }),
    intent: async (id) => lives.get(id) ?? null,
    intents: async ({ device, limit }) => ({
      intents: [...lives.values()]
        .filter(
          ({ intent }) => device === undefined || ('device' in intent && intent.device === device),
        )
        .toReversed()
        .slice(0, limit),
    }),
    devices: () => [device],
    panel: () => ({
      pages: [
        {
          page: 1,
          rows: 1,
          cols: 5,
          controls: [
            {
              page: 1,
              row: 0,
              col: 0,
              press: true,
              release: false,
              holdMs: null,
              rotate: false,
              face: restingFace,
            },
          ],
        },
      ],
    }),
    macros: () => [
      { id: 'start' as MacroId, steps: [{ wait: 500 }], onFailure: 'stop', onCrash: 'abandon' },
    ],
    runs: () => [
      {
        run: newId(at) as string as RunId,
        macro: 'start' as MacroId,
        step: 0,
        steps: 1,
        state: 'running',
        startedBy: { type: 'api', id: 'local' },
        startedAt: at,
        changedAt: at,
        wakeAt: null,
        detail: '',
        paused: false,
        queued: false,
        undoing: false,
        taken: 1,
        parent: null,
        under: [],
        questions: [],
      },
    ],
    variables: () => [
      {
        name: 'on_air',
        type: 'boolean',
        default: false,
        description: 'Red light',
        value: true,
        at,
        intent: newId(at),
      },
    ],
    triggers: () => [
      {
        name: 'door',
        run: 'start' as MacroId,
        when: null,
        on: true,
        hub: 'hub-a',
        last: { at, intent: newId(at), cause: 'trigger:door by mqtt door (7)', refused: null },
        trouble: 'connect ECONNREFUSED 127.0.0.1:1883',
        listensTo: 'mqtt door at mqtt://127.0.0.1:1883',
        forMs: 0,
        coolDownMs: 0,
        waitsUntil: null,
        coolsUntil: at,
      },
    ],
    schedules: () => [
      {
        name: 'close_down',
        run: 'start' as MacroId,
        when: null,
        on: true,
        hub: 'hub-a',
        last: null,
        trouble: null,
        timing: '30 2 * * * (UTC)',
        missed: 'skip',
        next: at,
      },
    ],
    surfaces: () => [
      {
        name: 'touch',
        type: 'osc',
        address: 'udp 127.0.0.1:12321',
        rejected: 0,
        seated: 0,
        panels: [],
      },
    ],
    actions: () => ({
      devices: [
        {
          device: 'desk' as DeviceId,
          protocol: 'osc',
          actions: [
            { verb: 'fire', name: '/*', description: 'any address', schema: {}, standard: false },
          ],
        },
      ],
      names: [],
    }),
    status: () => ({
      site: 'studio-a',
      hub: 'hub-a',
      version: '0.1.0',
      startedAt: at,
      now: at,
      held: false,
      log: { engine: 'memory', head: null, writable: true, aloneSince: null, detail: '' },
      devices: [device],
      hubs: [],
      leases: [{ device: 'desk' as DeviceId, hub: 'hub-a', token: null, since: null }],
      openIntents: 0,
      witness: { hub: 'hub-a', entries: 0, head: '', verified: null, seal: null },
      surfaces: [],
    }),
    health: () => ({ ok: faults.health.length === 0, reasons: faults.health }),
    metrics: () => 'infra_intents_total 3\n',
    entries(after, signal) {
      if (after === 'nowhere') throw new RangeError('nowhere is no position of this journal')
      return read(after === 'now' ? journal.length : Number(after ?? 0), signal)
    },
    onRun(listener) {
      runListeners.add(listener)
      return () => runListeners.delete(listener)
    },
    onFace(listener) {
      faces.add(listener)
      return () => faces.delete(listener)
    },
    async addDevice(name, options, actor) {
      if (name === 'desk')
        return {
          failure: failed('refused', 'there is a desk'),
          code: 'device-exists',
          field: 'name',
        }
      devices.push({ name, options, actor })
      return null
    },
    async removeDevice(name) {
      return name === 'desk'
        ? null
        : { failure: failed('not-found', 'no such device'), code: 'unknown-device', field: 'name' }
    },
    testDevice: async (name) => (name === 'desk' ? { ok: true, detail: 'it answers' } : null),
    hook(name, { secret, type, query, body }) {
      if (name === 'away') return 'elsewhere'
      if (name !== 'desk' || secret !== 'known-secret') return 'unknown'
      if (type === 'application/json' && body.length === 0) return 'malformed'
      hooks.push({ type, query, body: Buffer.from(body).toString() })
      return 'taken'
    },
    async replay(to) {
      if (to !== null && 'position' in to && to.position === 'nowhere')
        throw new RangeError('nowhere is no position of this journal')
      replays.push(to)
      return { devices: {} }
    },
    async verify() {
      counts.verifications++
      const hubs = [{ hub: 'hub-a', entries: 3, head: 'aGVhZA==' }]
      return { ok: true, entries: 3, hubs, gaps: [], alone: [] }
    },
    custody: memoryCustodian(),
    async changeKey(how, actor) {
      keyChanges.push({ how, actor })
      if (faults.key !== null) throw new RangeError(faults.key)
      return { old: 'log+1+A', next: 'log+2+A', last: how === 'prepare' ? null : 7 }
    },
    checkpoint: async () => (sealed ? 'studio.example/log\n1\nAA==\n\n— x AA==\n' : null),
    async tile(path) {
      if (path === 'entries/000.p/1')
        return { bytes: Buffer.from('\0\x02{}'), lines: { from: 0, to: 1 } }
      return path === '0/000.p/1' ? { bytes: Buffer.alloc(32, 7), lines: null } : null
    },
    read: (read) => void reads.push(read),
    tokenOwner(token) {
      if (faults.tokens !== null) throw faults.tokens
      return token === 'good-token' ? 'ops' : null
    },
    accessRefused: (source, detail) => void accessRefused.push({ source, detail }),
    picture: ({ col }) => pictures.get(col) ?? null,
    image: async ({ col }) =>
      col === 0 ? { type: 'image/svg+xml', bytes: Buffer.from('<svg/>') } : null,
  }

  return {
    hub,
    wishes,
    accessRefused,
    hooks,
    rejected,
    devices,
    replays,
    reads,
    keyChanges,
    unseal: () => void (sealed = false),
    /** What a device shows at 1/0/`col`. */
    pictures,
    faults,
    counts,
    record,
    /** Ends an intent of `slow`. */
    finish: (id: string, outcome: Outcome) => {
      if (isId(id)) finish(id, outcome)
    },
    /** Changes the face of 1/0/`col`. */
    draw: (col: number, text: string) => {
      for (const listener of faces) listener({ page: 1, row: 0, col }, { ...restingFace, text })
    },
    /** Tells that the run has come to another step. */
    advance: (step: number) => {
      for (const run of hub.runs()) for (const listener of runListeners) listener({ ...run, step })
    },
    listeners: () => faces.size,
  }
}
