import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { linked } from './linked.fixture.ts'
import { relayTo } from './relay.fixture.ts'
import { simulate } from './simulator.ts'

// Wireshark reads RTP-MIDI and its journal by itself: what it says of our packets is not our own opinion of them.
const installed = ['tshark', 'text2pcap'].every(
  (program) => spawnSync(program, ['--version']).error === undefined,
)
const needs =
  installed || process.env['CI'] !== undefined
    ? {}
    : { skip: 'tshark is not installed: apt-get install --no-install-recommends tshark' }

/** Packets of RTP to one port, as Wireshark shows them. */
function dissected(packets: readonly Buffer[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'if-rtpmidi-'))
  try {
    const [hex, pcap] = [join(dir, 'packets.txt'), join(dir, 'packets.pcap')]
    const lines = packets.map((bytes) => `0000 ${bytes.toString('hex').replaceAll(/../g, '$& ')}\n`)
    writeFileSync(hex, lines.join(''))
    execFileSync('text2pcap', ['-u', '5004,5005', hex, pcap], { stdio: 'ignore' })
    const as = ['-d', 'udp.port==5005,rtp', '-d', 'rtp.pt==97,rtpmidi']
    return execFileSync('tshark', ['-r', pcap, ...as, '-O', 'rtpmidi'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

void t.test('Wireshark reads our packets and their journal as they are meant', needs, async (t) => {
  const box = await simulate()
  t.teardown(() => box.close())
  const packets: Buffer[] = []
  const relay = await relayTo(t, box.port, (_, bytes) => packets.push(Buffer.from(bytes)) > 0)
  const { context, fire } = linked(t, { port: relay.port, silenceMs: 20_000 })
  await context.until(() => context.up === true)
  // the relay keeps all of it back, so that nothing is acknowledged and the journal grows
  await fire('program', [1, 5, 130])
  await fire('control', [1, 7, 100])
  await fire('pitch', [1, 8191])
  await fire('note.on', [2, 60, 100])
  await fire('note.off', [2, 70])
  await fire('pressure', [3, 16])
  await fire('pressure', [3, 17, 61])
  await fire('mmc.stop', null)
  await fire('notes-off', 4)
  await fire('control', [1, 8, 1])
  for (let turn = 0; packets.length < 10 && turn < 10_000; turn++) await setImmediate()
  const told = dissected(packets)
  const last = told.slice(told.lastIndexOf('RFC 4695/6295 RTP-MIDI'))
  for (const word of [
    'Chapter P Program: 5',
    'Chapter P Bank-MSB: 0x01',
    'Chapter P Bank-LSB: 0x02',
    'Chapter C Number: Channel Volume (msb) (7)',
    'Chapter C Value: 0x64',
    'Chapter W First: 0x7f',
    'Chapter W Second: 0x7f',
    'Note On (n=C4, v=100)',
    'Chapter N Log Octet: 0x02',
    'Chapter T Pressure: 16',
    'Pressure (n=C#4, p=17)',
    'Chapter C Number: All Notes Off (123)',
    'Chapter C Alt: 0x01',
    'Total channels: 4 channels (3)',
  ])
    t.ok(last.includes(word), word)
  t.match(told, 'Full Sysex-Command')
  t.match(told, 'MIDI Machine Control Command')
  t.notMatch(told, /malformed|unknown data|Exception/i)
  t.equal(told.split('RFC 4695/6295 RTP-MIDI').length - 1, packets.length, 'all of them were read')
  t.equal(box.count(), 0, 'control: none of it was acknowledged')
})
