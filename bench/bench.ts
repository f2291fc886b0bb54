import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { adapterBench } from './adapters.ts'
import { deviceBench } from './devices.ts'
import { macroBench } from './macros.ts'
import { printMachine } from './machine.ts'
import { pressBench } from './press.ts'
import { redisBench } from './redis.ts'
import { replayBench, startBench } from './replay.ts'
import { satelliteBench } from './satellites.ts'
import { wayBench } from './ways.ts'
import { witnessBench } from './witness.ts'

// npm run bench [-- [NAME…] [--quick] [--dir DIR]]
// Measures the hub as it is shipped, compiled; so it compiles itself first and goes on as dist-bench/bench/bench.js.

const root = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url),
)

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (import.meta.url.endsWith('.ts')) {
  run(['build.mjs', 'bench'])
  run(['dist-bench/bench/bench.js', ...process.argv.slice(2)])
} else await main()

async function main(): Promise<void> {
  const { values, positionals: wanted } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      dir: { type: 'string', default: tmpdir() },
    },
  })
  const { quick, dir: folder } = values
  const extent = quick
    ? { quick, folder, rounds: 1, seconds: 1 }
    : { quick, folder, rounds: 5, seconds: 3 }
  const parts = {
    press: pressBench,
    ways: wayBench,
    satellites: satelliteBench,
    devices: deviceBench,
    macros: macroBench,
    adapters: adapterBench,
    replay: replayBench,
    start: startBench,
    witness: witnessBench,
    redis: redisBench,
  }
  const unknown = wanted.find((name) => !(name in parts))
  if (unknown !== undefined)
    throw new Error(`there is no part ${unknown}: ${Object.keys(parts).join(', ')}`)
  printMachine(folder)
  for (const [name, part] of Object.entries(parts))
    if (wanted.length === 0 || wanted.includes(name)) await part(extent)
}
