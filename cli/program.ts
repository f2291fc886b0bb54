import { existsSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addBus } from './bus.ts'
import { addConfig } from './config.ts'
import { addDiff } from './diff.ts'
import { addDoctor } from './doctor.ts'
import { addImport } from './import.ts'
import { addShow, addWho } from './life.ts'
import { addMirror } from './mirror.ts'
import { addPicture } from './picture.ts'
import { addPress } from './press.ts'
import { addProfile } from './profile.ts'
import { addReplay } from './replay.ts'
import { addRuns } from './runs.ts'
import { example, hubOptions } from './settings.ts'
import { addSimulate } from './simulate.ts'
import { addStatus } from './status.ts'
import { addTail } from './tail.ts'
import { addTokens } from './token.ts'
import { addUp } from './up.ts'
import { addVariables } from './variable.ts'
import { addVerbs } from './verbs.ts'
import { addWitness } from './witness.ts'
import { addWorker } from './worker.ts'

/** The package's version; its folder is one up from the source, two from what is built of it. */
function version(): string {
  const near = new URL('../package.json', import.meta.url)
  const file = existsSync(near) ? near : new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version // our own file
}

/** The whole command line, ready to parse. */
export function infra(): Command {
  const program = new Command('infra')
  program
    .description(
      'The control bus of a control room: every press recorded, delivered, seen, verified.',
    )
    .version(version())
    // what stands after a command belongs to it: `infra bus add … --url` is the device's
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'infra: ')) })
    .showHelpAfterError('  see: infra --help')
  hubOptions(program)
  example(program, 'infra up --demo', 'infra press 1/0/0', 'infra tail')
  program.addHelpText(
    'after',
    '\nExit codes: 0 done; 1 refused, failed, expired, cancelled or unknown outcome; 2 wrong usage;\n3 invalid config; 4 hub not reachable; 5 to 12 the record does not verify',
  )
  addUp(program)
  addPress(program)
  addVerbs(program)
  addRuns(program)
  addVariables(program)
  addPicture(program)
  addBus(program)
  addTail(program)
  addStatus(program)
  addWho(program)
  addShow(program)
  addReplay(program)
  addDiff(program)
  addWitness(program)
  addMirror(program)
  addConfig(program)
  addImport(program)
  addProfile(program)
  addDoctor(program)
  addTokens(program)
  addWorker(program)
  addSimulate(program)
  return program
}
