import { readFileSync } from 'node:fs'
import { addDevice, removeDevice } from '../config/edit.ts'
import { loadConfig } from '../config/load.ts'
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
    if (!loaded.ok) {
      const detail = loaded.faults.map((fault) => fault.message).join('; ')
      return refusal(
        'invalid-config',
        loaded.faults[0]?.path ?? null,
        'malformed',
        detail.slice(0, 500),
      )
    }
    const before = readFileSync(file, 'utf8')
    await writeAtomically(file, text)
    try {
      await core.journal.recorder.record(
        [{ type: 'ConfigChanged', actor, summary, config: loaded.config.hash }],
        'durable',
      )
    } catch (cause) {
      await writeAtomically(file, before) // not recorded, so it did not happen
      throw cause
    }
    await core.reconfigure(loaded.config)
    return null
  }

  return {
    file,
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
