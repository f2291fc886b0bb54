import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { encode } from '../wire/osc-encode.ts'
import type { HubAnswers } from './hub.ts'
import { median, quantile } from './numbers.ts'
import type { Extent } from './press.ts'
import { start } from './program.ts'
import { fixed, printTable } from './table.ts'

/** A press by each way in, one at a time, until the device has it; durable. */
export async function wayBench({ rounds, quick, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'ways-'))
  const program = start<HubAnswers>('hub')
  const sink = createSocket('udp4').bind(0, '127.0.0.1')
  await once(sink, 'listening')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const datagrams = createSocket('udp4')
  try {
    const ports = await program.ask('open', {
      journal: 'durable',
      data,
      devices: 1,
      sinkPort: sink.address().port,
    })
    const tcp = connect({ port: ports.tcp, host: '127.0.0.1', noDelay: true })
    await once(tcp, 'connect')
    tcp.resume()
    const rosstalk = connect({ port: ports.rosstalk, host: '127.0.0.1', noDelay: true })
    await once(rosstalk, 'connect')
    const line = 'FIRE d0 /cue/go args=[1]\r\n'
    const press: Readonly<Record<string, () => unknown>> = {
      osc: () =>
        datagrams.send(
          encode('/if/fire/d0/cue/go', [{ type: 'i', value: 1 }]),
          ports.osc,
          '127.0.0.1',
        ),
      udp: () => datagrams.send(line, ports.udp, '127.0.0.1'),
      tcp: () => tcp.write(line),
      http: () => post(agent, ports.http),
      'companion-http': () => postTo(agent, ports.companion, '/api/location/1/0/0/press', ''),
      'companion, osc': () =>
        datagrams.send(encode('/location/1/0/0/press', []), ports.osc, '127.0.0.1'),
      'companion, tcp': () => tcp.write('LOCATION 1/0/0 PRESS\n'),
      rosstalk: () => rosstalk.write('CC 1:1\r\n'),
    }
    const pressed = async (way: string) => {
      const arrived = once(sink, 'message')
      const began = performance.now()
      const asked = press[way]?.()
      await arrived
      const took = performance.now() - began
      await asked
      return took
    }
    const found = Object.keys(press).map((way) => ({
      way,
      p50: [] as number[],
      p99: [] as number[],
    }))
    for (const { way } of found) for (let i = 0; i < 300; i++) await pressed(way)
    for (let round = 0; round < rounds; round++)
      for (const { way, p50, p99 } of found) {
        const times: number[] = []
        for (let i = 0; i < (quick ? 200 : 1000); i++) times.push(await pressed(way))
        times.sort((a, b) => a - b)
        p50.push(quantile(times, 0.5))
        p99.push(quantile(times, 0.99))
      }
    tcp.destroy()
    rosstalk.destroy()
    console.log('One press at a time, durable, until the device has it')
    printTable(
      ['way in', 'p50 ms', 'p99 ms'],
      found.map(({ way, p50, p99 }) => [way, fixed(median(p50), 2), fixed(median(p99), 2)]),
    )
  } finally {
    agent.destroy()
    sink.close()
    datagrams.close()
    await program.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

function post(agent: Agent, port: number): Promise<void> {
  const intent = { verb: 'fire', device: 'd0', action: '/cue/go', args: [1] }
  return postTo(agent, port, '/api/v1/intents', JSON.stringify({ intent }))
}

/** Resolves when the answer has been read, so that the connection is free for the next. */
function postTo(agent: Agent, port: number, path: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port, path, method: 'POST', headers }
    request(options, (answer) => {
      if (answer.statusCode !== 202 && answer.statusCode !== 200)
        reject(new Error(`HTTP answered ${answer.statusCode}`))
      answer.resume()
      answer.once('end', resolve)
    })
      .once('error', reject)
      .end(body)
  })
}
