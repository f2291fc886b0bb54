import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { openLineServer, seen } from '../simulated.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

export interface ScriptSimulatorOptions extends SimulatorOptions {
  /** Where the program stands. Default: in a temporary folder of its own. */
  readonly file?: string
}

export interface ScriptSimulator extends Simulator {
  /** The program; its first two arguments are host and port of this simulator. */
  readonly file: string
}

/** Longer arguments are none of the tests'. */
const maxLineBytes = 128 * 1024

/** Says what it was given, and does what it is told. Its environment may hold SECRET, which it is careless with. */
const program = `#!/bin/bash
exec 3<>"/dev/tcp/$1/$2" || exit 75
shift 2
printf '%s\\n' "$*" >&3
IFS= read -r what <&3 || kill -KILL $$
case $what in
  none) echo "done $*" ;;
  refuse) echo "at work" ; echo "no, and the key is $SECRET" >&2 ; exit 3 ;;
  garbage) ulimit -c 0 ; printf '\\377\\000\\033[2J' ; kill -SEGV $$ ;;
  *) printf half ; kill -KILL $$ ;;
esac
`

/** A program, and this server that tells it what to do. Needs bash. */
export async function simulate(options: ScriptSimulatorOptions = {}): Promise<ScriptSimulator> {
  const received = new Received()
  const held = new Held()
  const host = options.host ?? '127.0.0.1'
  let fault: Fault = 'none'
  const server = await openLineServer(
    { host, port: options.port ?? 0 },
    maxLineBytes,
    (text, socket) => {
      if (fault === 'hang') held.add(() => socket.write('none\n'))
      else socket.write(`${fault}\n`)
      received.add(text)
    },
  )
  const file = options.file ?? join(tmpdir(), `infra-script-${randomUUID()}`, 'program')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // at once, on this thread: a child that is just being started would hold it open for writing, and nobody could run it
  writeFileSync(file, program, { mode: 0o700 })
  return {
    ...seen(received, held, (next) => {
      fault = next
    }),
    host,
    port: server.port,
    file,
    async close() {
      received.close()
      rmSync(options.file === undefined ? dirname(file) : file, { recursive: true, force: true })
      await server.close()
    },
  }
}
