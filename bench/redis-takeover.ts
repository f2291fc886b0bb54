import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from '../wire/osc-encode.ts'
import type { HubAnswers } from './hub.ts'
import { median } from './numbers.ts'
import type { Extent } from './press.ts'
import { start, type Program } from './program.ts'
import type { JournalAnswers } from './redis-journal.ts'
import { replayRedis } from './redis-replay.ts'
import { startRedis } from './redis-server.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const sizes = [1000, 100_000, 1_000_000]

/** Presses a second while a hub dies: the first that comes to the device afterwards is seen within 5 ms. */
const pressEveryMs = 5
/** Longer than a sign of life is due: kills come at any moment between two. */
const phaseMs = 420
/** How long a device may wait for its next press. Milliseconds. */
const patienceMs = 60_000

interface Row {
  readonly entries: number
  readonly kills: readonly number[]
  readonly stops: readonly number[]
  readonly cold: readonly number[]
  readonly warm: readonly number[]
}

/**
 * How long a device is without a hub. Hub `a` has it; `b` is alive, gets the presses, and takes the device when `a` is
 * killed or stopped. Each hub's config names the device by another port, so that it is seen who sent.
 */
export async function takeoverBench({ rounds, quick, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'redis-takeover-'))
  const server = await startRedis(data, 'everysec')
  const rows: Row[] = []
  try {
    for (const entries of quick ? sizes.slice(0, 2) : sizes) {
      const site = `s${entries}`
      await inFresh((journal) => journal.ask('fill', { url: server.url, site, entries }))
      const room = await openRoom(join(data, site), server.url, site)
      try {
        const cold = [await room.starts('a'), await room.starts('b')]
        const warm = [await room.starts('a'), await room.starts('b')] // a clean stop leaves a snapshot
        await room.pair()
        const [kills, stops] = [[] as number[], [] as number[]]
        const more = entries === sizes[0] ? 2 : 0 // how long a failover takes hangs on the moment of the kill
        for (let round = 0; round < rounds + more; round++) kills.push(await room.loses('kill'))
        for (let round = 0; round < rounds; round++) stops.push(await room.loses('stop'))
        rows.push({ entries, kills, stops, cold, warm })
      } finally {
        await room.close()
      }
    }
    report(rows)
    const entries = rows.at(-1)?.entries ?? 0
    await replayRedis({ url: server.url, site: `s${entries}`, entries }, rounds)
  } finally {
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

function report(rows: readonly Row[]): void {
  console.log('A device changes hands: ms until the first delivery by the other hub')
  printTable(
    ['entries behind it', 'kill -9', 'worst', 'clean stop', 'cold start', 'with snapshot'],
    rows.map(({ entries, kills, stops, cold, warm }) => [
      whole(entries),
      whole(median(kills)),
      whole(Math.max(...kills)),
      fixed(median(stops), 1),
      whole(median(cold)),
      whole(median(warm)),
    ]),
  )
  const all = rows.flatMap(({ kills }) => kills)
  const most = Math.max(...rows.map(({ kills }) => median(kills)))
  const found = `${whole(most)} ms, worst of ${all.length} kills ${whole(Math.max(...all))} ms`
  printReach('failover under 4 s with the default lease', most < 4000, found)
  console.log()
}

/** Two hubs of one site and the device. */
async function openRoom(data: string, url: string, site: string) {
  const running = new Set<Program<HubAnswers>>()
  const [sinkA, sinkB] = [await sink(), await sink()]
  let a: Program<HubAnswers> | null = null
  let oscOfB = 0

  async function hub(name: string, at: Socket) {
    const program = start<HubAnswers>('hub')
    running.add(program)
    await program.ask('cost', undefined) // the process is there
    const began = performance.now()
    const { osc } = await program.ask('open', {
      journal: 'durable',
      redis: { url, site, hub: name, homes: ['a'] },
      data: join(data, name),
      devices: 1,
      sinkPort: at.address().port,
    })
    return { program, osc, began }
  }
  async function end(program: Program<HubAnswers>): Promise<void> {
    await program.stop()
    running.delete(program)
  }
  async function stop(program: Program<HubAnswers>): Promise<void> {
    await program.ask('close', undefined)
    await end(program)
  }

  return {
    /** A hub alone: from the beginning of its opening until it delivers. It is not there before and stops after. */
    async starts(name: 'a' | 'b'): Promise<number> {
      const at = name === 'a' ? sinkA : sinkB
      const { program, osc, began } = await hub(name, at)
      const stopPressing = press(osc)
      await came(at)
      const took = performance.now() - began
      await stopPressing()
      await stop(program)
      return took
    },
    async pair(): Promise<void> {
      oscOfB = (await hub('b', sinkB)).osc
      a = (await hub('a', sinkA)).program
    },
    /** Hub `a` goes while presses come: milliseconds until `b` delivers one. Then `a` is there again. */
    async loses(how: 'kill' | 'stop'): Promise<number> {
      if (a === null) throw new Error('there is no hub to lose')
      const stopPressing = press(oscOfB)
      await came(sinkA)
      await sleep(Math.random() * phaseMs)
      const first = came(sinkB)
      const began = performance.now()
      const ended = how === 'kill' ? end(a) : stop(a)
      await first
      const took = performance.now() - began
      await ended
      await stopPressing()
      a = (await hub('a', sinkA)).program
      return took
    },
    async close(): Promise<void> {
      await Promise.all([...running].map((program) => program.stop()))
      sinkA.close()
      sinkB.close()
    },
  }
}

async function sink(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** The next arrival. */
async function came(at: Socket): Promise<void> {
  await once(at, 'message', { signal: AbortSignal.timeout(patienceMs) })
}

/** Presses again and again until the answer is called. */
function press(port: number): () => Promise<void> {
  const socket = createSocket('udp4')
  const bytes = encode('/if/fire/d0/cue/go', [{ type: 'i', value: 1 }])
  const timer = setInterval(() => socket.send(bytes, port, '127.0.0.1'), pressEveryMs)
  return async () => {
    clearInterval(timer)
    socket.close()
    await once(socket, 'close')
  }
}

async function inFresh(ask: (journal: Program<JournalAnswers>) => Promise<void>): Promise<void> {
  const program = start<JournalAnswers>('redis-journal')
  try {
    await ask(program)
  } finally {
    await program.stop()
  }
}
