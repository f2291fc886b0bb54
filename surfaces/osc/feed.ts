import { bundleOf, encode } from '../../wire/osc-encode.ts'
import type { Face } from '../desk.ts'
import { type ControlPlace, type DeviceState, placeName, type SurfaceHost } from '../surface.ts'
import { faceMessages, stateMessages } from './shown.ts'
import type { Topic } from './topic.ts'

/** More than a control room has touch screens; what bounds the work of one change. */
const mostReaders = 64
/** Of one reader; each is one part of what there is. */
const mostTopics = 64
/** 20 ms: faster than a screen shows it. Only what is newest is sent. */
const everyMs = 20
/** In that time, to one reader: what is more waits for the next, so that no snapshot overruns a tablet. */
const mostPackets = 32

/** Bytes: what goes through any network in one piece, where one message is not larger by itself. */
const fullPacket = 1200

/** 1 s: who asks for the same again sooner has it, or will in a moment. All there is costs too much for each packet of a flood. */
const againMs = 1000

/** Somebody who hears. */
interface Reader {
  /** Each with when all of it was last told, milliseconds of the process. */
  readonly topics: Map<Topic, number>
  /** What is newest of each, by its place or path, not sent yet: never more than there are controls and reported paths. */
  readonly pending: Map<string, () => readonly Buffer[]>
  /** False while its line is full. */
  ready: boolean
  readonly write: (packet: Buffer) => boolean
  expiry: NodeJS.Timeout
}

/** Who hears what of a surface. */
export interface Feed {
  /**
   * Hears a topic from now on, all of it at first, for the time of a lease: asking again is what extends it. `write` is false
   * when it cannot take more until {@link Feed.ready}. Returns why not, or null.
   */
  subscribe(key: string, topic: Topic, write: (packet: Buffer) => boolean): string | null
  /** Its line can take more. */
  ready(key: string): void
  /** Hears nothing more; it is told `why`, unless it is gone. */
  leave(key: string, why: string | null): void
  close(): void
}

/** @param leaseMs how long a subscription lasts, milliseconds */
export function openFeed(host: Pick<SurfaceHost, 'faces' | 'states'>, leaseMs: number): Feed {
  const readers = new Map<string, Reader>()
  /** Removal of what listens at the hub; nothing does while nobody hears. */
  let offs: readonly (() => void)[] = []
  let resting: NodeJS.Timeout | null = null
  let isPlanned = false

  const keep = (reader: Reader, key: string, messages: () => readonly Buffer[]) => {
    reader.pending.set(key, messages)
    plan()
  }
  const showFace = (reader: Reader, place: ControlPlace, face: Face) => {
    if (wants(reader, 'faces', String(place.page)))
      keep(reader, placeName(place), () => faceMessages(place, face))
  }
  const showState = (reader: Reader, state: DeviceState) => {
    if (wants(reader, 'states', state.device))
      keep(reader, `${state.device} ${state.path}`, () => stateMessages(state))
  }

  /** At once after a rest, else when the rest is over. */
  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    if (resting === null) setImmediate(flush)
  }

  function flush(): void {
    isPlanned = false
    resting = setTimeout(() => {
      resting = null
      if (isPlanned) flush()
    }, everyMs)
    resting.unref()
    for (const reader of readers.values()) {
      drain(reader)
      if (reader.ready && reader.pending.size > 0) isPlanned = true
    }
  }

  function leave(key: string, why: string | null): void {
    const reader = readers.get(key)
    if (reader === undefined) return
    clearTimeout(reader.expiry)
    readers.delete(key)
    if (why !== null) reader.write(encode('/if/unsubscribed', [{ type: 's', value: why }]))
    if (readers.size > 0) return
    for (const off of offs) off()
    offs = []
  }

  const lease = (key: string) => {
    const timer = setTimeout(() => leave(key, 'expired: subscribe again in time'), leaseMs)
    timer.unref()
    return timer
  }

  return {
    subscribe(key, topic, write) {
      const known = readers.get(key)
      if (known === undefined && readers.size >= mostReaders)
        return `${mostReaders} hear this surface already: unsubscribe one, or wait until it expires`
      if (known !== undefined && !known.topics.has(topic) && known.topics.size >= mostTopics)
        return `at most ${mostTopics} subscriptions each: subscribe to all of it instead`
      if (known !== undefined) clearTimeout(known.expiry)
      const reader: Reader = known ?? {
        ...{ topics: new Map(), pending: new Map(), ready: true, write },
        expiry: lease(key),
      }
      if (known !== undefined) reader.expiry = lease(key)
      const now = performance.now()
      const isFresh = now - (reader.topics.get(topic) ?? -Infinity) < againMs
      if (!isFresh) reader.topics.set(topic, now)
      readers.set(key, reader)
      if (offs.length === 0)
        offs = [
          host.faces.follow((place, face) => {
            for (const each of readers.values()) showFace(each, place, face)
          }),
          host.states.follow((state) => {
            for (const each of readers.values()) showState(each, state)
          }),
        ]
      reader.write(encode('/if/subscribed', [{ type: 'i', value: Math.round(leaseMs / 1000) }]))
      if (isFresh) return null
      // also what it heard before: asking again is how a client makes good what was lost
      const only = { ...reader, topics: new Map([[topic, now]]) }
      for (const [place, face] of host.faces.all()) showFace(only, place, face)
      for (const state of host.states.all()) showState(only, state)
      return null
    },
    ready(key) {
      const reader = readers.get(key)
      if (reader === undefined) return
      reader.ready = true
      if (reader.pending.size > 0) plan()
    },
    leave,
    close() {
      for (const key of [...readers.keys()]) leave(key, 'the hub stops')
      if (resting !== null) clearTimeout(resting)
    },
  }
}

function wants({ topics }: Reader, what: 'faces' | 'states', which: string): boolean {
  return topics.has('all') || topics.has(what) || topics.has(`${what}/${which}`)
}

/** Sends what its line takes, in as few packets as fit. What does not go out stays pending. */
function drain(reader: Reader): void {
  if (!reader.ready) return
  let parts: Buffer[] = []
  let size = 0
  let sent = 0
  const send = () => {
    const [only] = parts
    reader.ready = reader.write(parts.length === 1 && only !== undefined ? only : bundleOf(parts))
    parts = []
    size = 0
    return reader.ready && ++sent < mostPackets
  }
  for (const [key, messages] of reader.pending) {
    const made = messages()
    const bytes = made.reduce((sum, message) => sum + message.length + 4, 0)
    if (parts.length > 0 && size + bytes > fullPacket && !send()) return
    reader.pending.delete(key)
    parts.push(...made)
    size += bytes
  }
  if (parts.length > 0) send()
}
