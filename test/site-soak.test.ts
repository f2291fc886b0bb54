import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { emptyFolder, needsRedis, startServer } from '../bus/log-redis/server.fixture.ts'
import { doubles, lineConfig, lineDevice } from './devices.ts'
import type { HubProcess } from './hub-process.ts'
import { sample, slope, type Sample } from './memory.ts'
import { faultRow } from './report.ts'
import { hubOf, untilSpread } from './site.ts'

/** A day of one press a second, an hour at a time. */
const hours = 24
const pressesPerHour = 3600
/** Days in a row, in compressed form: for a longer look, as many as fit. */
const soakMs = Number(process.env['SOAK_SECONDS'] ?? 0) * 1000

t.setTimeout(600_000 + 2 * soakMs)

/** The first hours fill what is kept on purpose: the newest 2,000 intents, compiled code, buffers. */
const warmHours = 8

/** A leak of one small object a press is three times as much. Bytes a press. */
const mostGrowth = 32

/** Lines on one connection, so many at a time, until all are answered. */
async function speak(t: Test, port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  t.teardown(() => socket.destroy())
  let waiting = 0
  let wrong = 0
  let done = () => {}
  createInterface(socket).on('line', (line) => {
    if (!/^\+OK \S+ (confirmed|sent|cancelled)$/.test(line)) wrong++
    if (--waiting === 0) done()
  })
  return {
    wrong: () => wrong,
    async say(lines: readonly string[]) {
      waiting = lines.length
      const answered = new Promise<void>((resolve) => (done = resolve))
      socket.write(lines.map((line) => `${line}\n`).join(''))
      await answered
    },
  }
}

const line = (n: number) => {
  const device = `d${n % 3}`
  return n % 9 < 3 ? `SET ${device} level ${n}` : `FIRE ${device} hit n=${n}`
}

async function metric(hub: HubProcess, name: string): Promise<number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text()
  const values = text
    .split('\n')
    .filter((row) => row.startsWith(`${name} `) || row.startsWith(`${name}{`))
  return values.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0)
}

void t.test(
  'a day of one press a second, in compressed form: memory, queues and descriptors of two hubs stay flat',
  needsRedis,
  async (t) => {
    const server = await startServer(t)
    const devices = await Promise.all([0, 1, 2].map(() => lineDevice(t)))
    const options = {
      url: server.url,
      devices: devices.map(({ port }, i) => `  d${i}: ${lineConfig(port)}\n`).join(''),
      more: 'surfaces:\n  lines: { type: tcp, port: 0 }\n',
    }
    const folder = emptyFolder(t)
    const hubs = await Promise.all(
      ['hub-a', 'hub-b'].map(async (name) => {
        const file = join(folder, name)
        const start = { preload: 'tell-memory.ts', env: { MEMORY_FILE: file } }
        const hub = await hubOf(t, name, options).start(start)
        const mouth = await speak(t, await hub.port('lines'))
        return { name, hub, file, mouth, samples: [] as Sample[] }
      }),
    )
    for (const { hub } of hubs) await untilSpread(hub, ['hub-a', 'hub-b'])
    const from = performance.now()
    let pressed = 0
    const batch = 150
    for (let hour = 0; hour < hours || performance.now() - from < soakMs; hour++) {
      for (let i = 0; i < pressesPerHour; i += 2 * batch)
        await Promise.all(
          hubs.map(({ mouth }) => mouth.say(Array.from({ length: batch }, () => line(pressed++)))),
        )
      for (const { hub, file, samples } of hubs) {
        await hub.quiet()
        t.equal(await metric(hub, 'infra_intents_open'), 0, 'nothing is left open')
        t.equal(await metric(hub, 'infra_device_open'), 0, 'and nothing waits for a device')
        samples.push(await sample(hub.pid, file, pressed))
      }
    }
    const seconds = (performance.now() - from) / 1000
    t.comment(
      `${pressed} presses in ${Math.round(seconds)} s, ${Math.round(pressed / seconds)} a second`,
    )
    for (const { name, hub, samples, mouth } of hubs) {
      t.equal(mouth.wrong(), 0, 'every press was carried out')
      const warm = samples.slice(warmHours)
      const used = slope(warm, ({ used }) => used)
      const rss = slope(warm, ({ rss }) => rss)
      const mib = (bytes = 0) => (bytes / 1024 / 1024).toFixed(1)
      t.comment(
        `${name}: live memory ${samples.map(({ used }) => mib(used)).join(' ')} MiB, slope ${used.toFixed(1)} bytes a press; ` +
          `resident ${mib(warm[0]?.rss)} to ${mib(warm.at(-1)?.rss)} MiB, slope ${rss.toFixed(1)}`,
      )
      t.ok(used < mostGrowth, `${name}: memory is flat, ${used.toFixed(1)} bytes a press`)
      const open = warm.map(({ descriptors }) => descriptors)
      t.ok(
        Math.max(...open) - Math.min(...open) <= 2,
        `${name}: descriptors are flat, ${Math.min(...open)} to ${Math.max(...open)}`,
      )
      await hub.end()
    }
    const fires = devices.map(({ got }) => got.filter((one) => one.startsWith('HIT')))
    faultRow({
      fault: 'soak: a day of presses by two hubs',
      times: 1,
      presses: pressed,
      lost: hubs.reduce((sum, { mouth }) => sum + mouth.wrong(), 0),
      doubled: fires.flatMap(doubles).length,
    })
  },
)

void t.test('control: a program that forgets nothing is seen by the same measure', async (t) => {
  const file = join(emptyFolder(t), 'leaking')
  const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
  const child = spawn(
    process.execPath,
    [...process.execArgv, '--import', fixture('tell-memory.ts'), fixture('leaking.ts')],
    { env: { ...process.env, MEMORY_FILE: file }, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill('SIGKILL'))
  const answers = createInterface(child.stdout)
  const samples: Sample[] = []
  let done = 0
  for (let hour = 0; hour < hours; hour++) {
    const until = done + pressesPerHour
    const through = new Promise<void>((resolve) => {
      const look = (text: string) => {
        if (Number(text) !== until) return
        answers.off('line', look)
        resolve()
      }
      answers.on('line', look)
    })
    while (done < until) child.stdin.write(`${line(done++)}\n`)
    await through
    samples.push(await sample(child.pid ?? 0, file, done))
  }
  const used = slope(samples.slice(warmHours), (one) => one.used)
  t.ok(used > mostGrowth, `it grows by ${used.toFixed(1)} bytes a line`)
})
