import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HubAnswers } from './hub.ts'
import { median } from './numbers.ts'
import type { Extent } from './press.ts'
import { start } from './program.ts'
import { fixed, printTable, whole } from './table.ts'
import { type Arrivals, openArrivals, type Taken } from './ways/arrivals.ts'
import { companionHttp, http, webSocket } from './ways/http.ts'
import { companionOsc, osc, udp } from './ways/datagram.ts'
import { firstNumber, inTurn } from './ways/grid.ts'
import { mcu, xctl } from './ways/console.ts'
import { satellite, satelliteWebSocket } from './ways/satellite.ts'
import { serial } from './ways/serial.ts'
import { companionTcp, oscTcp, rosstalk, tcp } from './ways/stream.ts'
import { streamDeck } from './ways/stream-deck.ts'
import { type Hand, NotHere, type Prepared, type Way } from './ways/way.ts'

/** Every way in, as the table has them. */
const ways: readonly Way[] = [
  http,
  webSocket,
  osc,
  tcp,
  udp,
  companionHttp,
  companionOsc,
  oscTcp,
  companionTcp,
  rosstalk,
  satellite,
  satelliteWebSocket,
  streamDeck,
  mcu,
  xctl,
  serial,
]

/** Presses a second. */
const rates = [100, 1000, 10_000] as const

/** A hub starts, a panel joins: past this something is wrong. Milliseconds. */
const joinMs = 20_000
/** Of one measurement in the short version: there are three of each way. Seconds. */
const quickSeconds = 0.4
/** Below this share of the rate, the way did not carry it. */
const carried = 0.95

interface Measured {
  readonly way: Way
  readonly hand: Hand
  readonly numbers: Iterator<number, never>
  readonly samples: ReadonlyMap<number, Taken[]>
}

/** A press by each way in, beside the others, until the device has it; durable. */
export async function wayBench({ rounds, quick, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'ways-'))
  const program = start<HubAnswers>('hub')
  const arrivals = await openArrivals()
  const ready = new Map<Way, Prepared>()
  const absent: string[] = []
  const measured: Measured[] = []
  try {
    for (const way of ways)
      try {
        ready.set(way, await way.prepare(data))
      } catch (error) {
        if (!(error instanceof NotHere)) throw error
        absent.push(`${way.name}: not measured, ${error.message}`)
      }
    const surfaces = Object.fromEntries(
      [...ready].flatMap(([{ surface }, { config }]) =>
        surface === null || config === '' ? [] : [[surface, config]],
      ),
    )
    const { addresses } = await program.ask('open', {
      ...{ journal: 'durable', data, devices: 1, sinkPort: arrivals.port, surfaces },
    })
    for (const [way, prepared] of ready) {
      const hand = await prepared.connect(addresses[way.surface ?? 'http'] ?? '')
      const samples = new Map(rates.map((rate): [number, Taken[]] => [rate, []]))
      measured.push({ way, hand, numbers: numbersOf(way), samples })
    }
    for (const { way, hand, numbers } of measured) await joined(arrivals, way, hand, numbers)
    for (let round = 0; round < rounds; round++)
      for (const rate of rates)
        for (const { hand, numbers, samples } of measured)
          samples
            .get(rate)
            ?.push(await arrivals.measure(hand, numbers, rate, quick ? quickSeconds : seconds))
    report(measured, absent)
  } finally {
    for (const { hand } of measured) hand.close()
    await Promise.all([...ready.values()].map((prepared) => prepared.end()))
    arrivals.close()
    await program.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

function numbersOf({ says }: Way): Iterator<number, never> {
  return says === 'number' ? upwards() : inTurn(says)
}

function* upwards(): Generator<number, never> {
  for (let number = firstNumber; ; number++) yield number
}

async function joined(
  arrivals: Arrivals,
  { name }: Way,
  hand: Hand,
  numbers: Iterator<number, never>,
): Promise<void> {
  try {
    await arrivals.first(hand, numbers, joinMs)
    for (let i = 0; i < 2; i++) await arrivals.measure(hand, numbers, 500, 0.2)
  } catch (cause) {
    throw new Error(`${name}: no press came`, { cause })
  }
}

function report(measured: readonly Measured[], absent: readonly string[]): void {
  console.log('A press by each way in, durable, until the device has it: p50 / p99 ms, lost of all')
  printTable(
    ['way in', 'over', ...rates.flatMap((rate) => [`${whole(rate)}/s`, 'lost']), 'a real line'],
    measured.map(({ way, samples }) => [
      way.name,
      way.link,
      ...rates.flatMap((rate) => cells(samples.get(rate) ?? [], rate)),
      way.carries === undefined ? '' : `carries ${whole(way.carries)}/s`,
    ]),
  )
  for (const line of absent) console.log(line)
}

/** Latency, where the way carries the rate; else how much it carries: the rest would be a wait in the sender. */
function cells(those: readonly Taken[], rate: number): readonly string[] {
  const of = (what: keyof Taken) => median(those.map((one) => one[what]))
  const lost = those.reduce((sum, one) => sum + one.lost + one.unasked, 0)
  const found =
    of('perSecond') < carried * rate
      ? `carries ${whole(of('perSecond'))}/s`
      : `${fixed(of('p50'), 2)} / ${fixed(of('p99'), 2)}`
  return [found, whole(lost)]
}
