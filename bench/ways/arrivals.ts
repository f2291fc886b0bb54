import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../numbers.ts'
import type { Hand } from './way.ts'

/** One measurement of one way. */
export interface Taken {
  readonly sent: number
  readonly lost: number
  /** Came without having been pressed here: twice, or by somebody else. */
  readonly unasked: number
  /** Presses a second that were sent: fewer than were asked for where the way holds its sender back. */
  readonly perSecond: number
  /** From the hand's move to the device's receipt, milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Presses under way at once: who gets no further waits here, so that what is measured is the way, and not a heap. */
const mostUnderWay = 1000
/** What has not come so long after the last that came is lost: a busy machine stops a process for a second. Milliseconds. */
const patienceMs = 5000
/** 1 ms: what is due is sent so often. */
const tickMs = 1

/** The device that gets each press, with its number; and the clock of both ends. */
export async function openArrivals() {
  const sink = createSocket('udp4')
  sink.bind(0, '127.0.0.1')
  await once(sink, 'listening')
  sink.setRecvBufferSize(4 * 1024 * 1024)
  /** What was sent of each number and has not come, oldest first: a device gets its presses in their order. */
  const waiting = new Map<number, { readonly at: number; readonly took: number[] }[]>()
  let underWay = 0
  let unasked = 0
  let lastCame = 0
  sink.on('message', (bytes) => {
    // the number is the only argument of the message: its last four bytes
    const number = bytes.readInt32BE(bytes.length - 4)
    lastCame = performance.now()
    const sent = waiting.get(number)?.shift()
    if (sent === undefined) {
      unasked++
      return
    }
    underWay--
    sent.took.push(lastCame - sent.at)
  })

  function press(hand: Hand, number: number, took: number[]): void {
    const sent = { at: performance.now(), took }
    const those = waiting.get(number)
    if (those === undefined) waiting.set(number, [sent])
    else those.push(sent)
    underWay++
    hand.press(number)
  }

  /** Resolves when it is so, or when nothing comes any more. */
  async function settled(isDone: () => boolean): Promise<void> {
    lastCame = performance.now()
    while (!isDone() && performance.now() - lastCame < patienceMs) await sleep(5)
  }

  /** Presses that are under way when nothing comes any more. */
  async function lost(): Promise<number> {
    await settled(() => underWay === 0)
    const missing = underWay
    waiting.clear()
    underWay = 0
    return missing
  }

  return {
    port: sink.address().port,
    /** How many have come since it was opened that were not pressed here. */
    unasked: () => unasked,
    settled,
    /** Presses until one has come: a panel joins in its own time. */
    async first(hand: Hand, numbers: Iterator<number, never>, withinMs: number): Promise<void> {
      const until = performance.now() + withinMs
      const took: number[] = []
      while (took.length === 0) {
        if (performance.now() > until) throw new Error(`nothing came within ${withinMs} ms`)
        press(hand, numbers.next().value, took)
        await sleep(100)
      }
      await lost()
    },
    /** `numbers` goes on from one measurement to the next. */
    async measure(
      hand: Hand,
      numbers: Iterator<number, never>,
      rate: number,
      seconds: number,
    ): Promise<Taken> {
      const took: number[] = []
      const before = unasked
      let sent = 0
      let gone = 0
      const began = performance.now()
      lastCame = began
      for (let passed = 0; passed < seconds * 1000; passed = performance.now() - began) {
        const due = Math.floor((passed * rate) / 1000)
        while (sent < due && underWay < mostUnderWay) {
          press(hand, numbers.next().value, took)
          sent++
        }
        // all that is under way is lost: the hand goes on
        if (underWay >= mostUnderWay && performance.now() - lastCame > patienceMs)
          gone += await lost()
        await sleep(tickMs)
      }
      const perSecond = (sent * 1000) / (performance.now() - began)
      gone += await lost()
      took.sort((a, b) => a - b)
      const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)]
      return { sent, lost: gone, unasked: unasked - before, perSecond, p50, p99 }
    },
    close: () => void sink.close(),
  }
}

export type Arrivals = Awaited<ReturnType<typeof openArrivals>>
