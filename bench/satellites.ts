import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BoxesAnswers } from './boxes.ts'
import type { HubAnswers } from './hub.ts'
import { median } from './numbers.ts'
import type { Extent } from './press.ts'
import { start } from './program.ts'
import { fixed, printTable, whole } from './table.ts'
import { openArrivals, type Taken } from './ways/arrivals.ts'
import { controlsAt, inTurn } from './ways/grid.ts'
import { pressOf } from './ways/satellite.ts'
import { lines } from './ways/stream.ts'
import { portOf } from './ways/way.ts'

/** Beside the one that is measured. */
const others = 999
/** Presses a second of the one. */
const rate = 100
/** Until the first press has come. Milliseconds. */
const joinMs = 20_000
/** As wide as those of bench/boxes.ts, whose second and third row the others press. */
const width = 5

/** A thousand Satellite clients on one hub: what each costs, and how a press of one fares beside the others. */
export async function satelliteBench({ rounds, quick, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'satellites-'))
  const hub = start<HubAnswers>('hub')
  const boxes = start<BoxesAnswers>('boxes')
  const arrivals = await openArrivals()
  const found: (readonly [string, readonly Taken[]])[] = []
  try {
    const surfaces = { satellite: 'type: satellite, port: 0, webSocketPort: false' }
    const { addresses } = await hub.ask('open', {
      ...{ journal: 'durable', data, devices: 1, sinkPort: arrivals.port, surfaces },
    })
    const port = portOf(addresses['satellite'] ?? '')
    const hello = `ADD-DEVICE DEVICEID=one PRODUCT_NAME="Bench" KEYS_TOTAL=15 KEYS_PER_ROW=${width} BITMAPS=72\n`
    const hand = await lines(port, (number) => pressOf('one', number, width), hello)
    const numbers = inTurn(controlsAt({ row: 0, col: 0 }, 1, width))
    await arrivals.first(hand, numbers, joinMs)
    const measure = async (what: string) => {
      const those: Taken[] = []
      for (let i = 0; i < rounds; i++)
        those.push(await arrivals.measure(hand, numbers, rate, quick ? 2 : seconds))
      found.push([what, those])
    }
    await measure('alone')
    const before = await hub.ask('memory', undefined)
    const began = performance.now()
    await boxes.ask('join', { port, count: others })
    const tookMs = performance.now() - began
    const bytes = ((await hub.ask('memory', undefined)) - before) / others
    await measure('beside 999 others that show the same keys')
    const unasked = arrivals.unasked()
    await boxes.ask('press', undefined)
    await measure('beside 999 others that press, each once a second')
    const pressed = await boxes.ask('rest', undefined)
    const came = () => arrivals.unasked() - unasked
    await arrivals.settled(() => came() >= pressed)
    report(found, bytes / 1024, tookMs, pressed, came())
    hand.close()
  } finally {
    arrivals.close()
    await Promise.all([hub, boxes].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

function report(
  found: readonly (readonly [string, readonly Taken[]])[],
  kib: number,
  tookMs: number,
  pressed: number,
  came: number,
): void {
  console.log(
    `${whole(others + 1)} Satellite clients on one hub, 15 keys of 72 by 72 pixels each: ${whole(kib)} KiB a client; joined and drawn in ${fixed(tookMs / 1000, 1)} s`,
  )
  printTable(
    [`a press of one, ${rate}/s, durable`, 'p50 ms', 'p99 ms', 'lost'],
    found.map(([what, those]) => [
      what,
      fixed(median(those.map(({ p50 }) => p50)), 2),
      fixed(median(those.map(({ p99 }) => p99)), 2),
      whole(those.reduce((sum, { lost }) => sum + lost, 0)),
    ]),
  )
  console.log(`and of ${whole(pressed)} presses of the others ${whole(pressed - came)} lost\n`)
}
