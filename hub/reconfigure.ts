import { readFileSync } from 'node:fs'
import { addDevice, removeDevice } from '../config/edit.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import type { ConfigFault } from '../config/fault.ts'
import { writeAtomically } from '../config/write.ts'
import { isName } from '../intents/id.ts'
import type { Actor } from '../intents/intent.ts'
import type { JsonObject } from '../intents/json.ts'
import type { Refusal } from '../surfaces/surface.ts'
import type { Core } from './compose.ts'
import { refusal, unknown } from './refuse.ts'

/** Changes of the config while the hub runs: checked, written, recorded with who made them, applied. One at a time. */
export interface Reconfigure {
  readonly file: string
  addDevice(name: string, entry: JsonObject, actor: Actor): Promise<Refusal | null>
  removeDevice(name: string, actor: Actor): Promise<Refusal | null>
  /** The file was edited by hand: applied if it is valid, else told in the journal and left alone. */
  reload(): Promise<Refusal | null>
}

/** What a running hub does not change: its name, and what it listens on and writes to. */
const laterKeys = ['site', 'hub', 'log', 'http', 'slowLane', 'surfaces'] as const

/** `next` with what counts only from the next start as it is now. */
function whileRunning(next: Config, { site, hub, log, http, slowLane, surfaces }: Config): Config {
  return { ...next, site, hub, log, http, slowLane, surfaces }
}

function plain(value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}

function invalid(faults: readonly ConfigFault[]): Refusal {
  const detail = faults.map((fault) => fault.message).join('; ')
  return refusal('invalid-config', faults[0]?.path ?? null, 'malformed', detail.slice(0, 500))
}

export function openReconfigure(core: Core, file: string): Reconfigure {
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn(change: () => Promise<Refusal | null>): Promise<Refusal | null> {
    const mine = turn.then(change)
    turn = mine.catch(() => {}) // whoever asked is told; the next change is another
    return mine
  }

  async function apply(text: string, summary: string, actor: Actor): Promise<Refusal | null> {
    const loaded = loadConfig(text, file, core.parts.config)
    if (!loaded.ok) return invalid(loaded.faults)
    const before = readFileSync(file, 'utf8')
    await writeAtomically(file, text)
    try {
      await record(loaded.config, summary, actor)
    } catch (cause) {
      await writeAtomically(file, before) // not recorded, so it did not happen
      throw cause
    }
    await core.reconfigure(whileRunning(loaded.config, core.config()))
    return null
  }

  async function record({ hash }: Config, summary: string, actor: Actor): Promise<void> {
    const changed = { type: 'ConfigChanged', actor, summary, config: hash } as const
    await core.journal.recorder.record([changed], 'durable')
  }

  async function reload(): Promise<Refusal | null> {
    const loaded = loadConfig(readFileSync(file, 'utf8'), file, core.parts.config)
    if (!loaded.ok) {
      const refused = invalid(loaded.faults)
      core.rejections.input('config', `file:${file}`.slice(0, 200), refused.failure)
      return refused
    }
    const running = core.config()
    if (loaded.config.hash === running.hash) return null
    const later = laterKeys.filter(
      (key) => JSON.stringify(plain(loaded.config[key])) !== JSON.stringify(plain(running[key])),
    )
    const note = later.length === 0 ? '' : `; ${later.join(', ')} from the next start on`
    await record(loaded.config, `the file was edited${note}`, {
      type: 'trigger',
      id: 'config-file',
    })
    await core.reconfigure(whileRunning(loaded.config, running))
    return null
  }

  return {
    file,
    reload: () => inTurn(reload),
    addDevice: (name, entry, actor) =>
      inTurn(async () => {
        if (!isName(name))
          return refusal(
            'bad-name',
            'name',
            'malformed',
            `'${name.slice(0, 80)}' cannot be a name: a letter, then letters, digits, _ or -, 64 at most`,
          )
        if (core.config().devices.has(name as never))
          return refusal(
            'device-exists',
            'name',
            'refused',
            `there is a device ${name} already: remove it first, or take another name`,
          )
        return apply(
          addDevice(readFileSync(file, 'utf8'), name, entry),
          `device ${name} added`,
          actor,
        )
      }),
    removeDevice: (name, actor) =>
      inTurn(async () => {
        const known = core.config().devices
        if (!known.has(name as never)) return unknown('device', 'name', name, known.keys())
        return apply(
          removeDevice(readFileSync(file, 'utf8'), name),
          `device ${name} removed`,
          actor,
        )
      }),
  }
}
