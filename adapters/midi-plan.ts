import { failed } from '../intents/failure.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import { standardActions } from '../intents/standard.ts'
import { encodeMidi, hexOf, midiText } from '../wire/midi.ts'
import { timecodeText } from '../wire/midi-mtc.ts'
import type { ActionDescription, Plan } from './adapter.ts'
import { midiActions } from './midi-actions.ts'
import type { MidiCommand } from './midi-command.ts'
import type { MidiOptions } from './midi-options.ts'
import { midiSet, midiSetWords, midiSets } from './midi-sets.ts'
import { unknownName } from './template-names.ts'

/** Standard actions of a recorder, as Machine Control says them. */
const recording: Readonly<Record<string, string>> = {
  'record.start': 'mmc.record',
  'record.stop': 'mmc.record-exit',
}

const native: readonly ActionDescription[] = [
  ...Array.from(midiActions.values(), ({ name, description, args }): ActionDescription => ({
    verb: 'fire',
    name,
    description,
    schema: args,
  })),
  ...midiSets,
]

const standard = Object.keys(recording).flatMap((name): readonly ActionDescription[] => {
  const known = standardActions.get(name)
  return known === undefined
    ? []
    : [{ verb: 'fire', name, description: known.description, schema: known.args }]
})

/** What a MIDI device can be asked, on whatever wire. */
export function midiDescriptions({ recorder }: MidiOptions): readonly ActionDescription[] {
  return recorder === true ? [...standard, ...native] : native
}

/** Checks an intent for a MIDI device and makes its command. Pure. */
export function planMidi(intent: DeviceIntent, options: MidiOptions): Plan<MidiCommand> {
  if (intent.verb === 'set') {
    const messages = midiSet(intent.path, intent.value)
    if (messages === null)
      return unknownName('path', intent.path.split('/', 1)[0] ?? '', midiSetWords)
    return typeof messages === 'string'
      ? malformed(messages)
      : { ok: true, command: { messages, timecode: null } }
  }
  const meant = options.recorder === true ? recording[intent.action] : undefined
  const action = midiActions.get(meant ?? intent.action)
  if (action === undefined) return unknownName('action', intent.action, midiActions.keys())
  const command = action.make(intent.args, options)
  return typeof command === 'string' ? malformed(command) : { ok: true, command }
}

function malformed(detail: string): Plan<MidiCommand> {
  return { ok: false, failure: failed('malformed', detail.slice(0, 500)) }
}

/** A command in words, a line for each message with its bytes. */
export function midiPreviewText({ messages, timecode }: MidiCommand): string {
  const lines = messages.map((message) => {
    const hex = hexOf(encodeMidi(message))
    return message.kind === 'sysex' ? hex : `${midiText(message)}: ${hex}`
  })
  if (timecode === 'stop') lines.push('time code stops')
  else if (timecode !== null) lines.push(`time code runs from ${timecodeText(timecode)}`)
  return lines.join('\n')
}
