import type { Json } from '../intents/json.ts'
import { hexOf, type MidiMessage } from '../wire/midi.ts'
import { machineWords } from '../wire/midi-mmc.ts'
import { showWords } from '../wire/midi-msc.ts'
import {
  quarterFrameReader,
  type Timecode,
  timecodeText,
  timeOfFullFrame,
} from '../wire/midi-mtc.ts'
import type { LinkContext } from './adapter.ts'

/** Bytes of a SysEx that are reported; a longer one is cut, with its length told. */
const reportedSysex = 64

/**
 * Tells what a MIDI device sends, by path: `note/<channel>/<note>` (velocity, 0 is off), `cc/…`, `cc14/…` once the lower
 * half of a pair came, `program/…`, `pitch/…`, `pressure/…`, `key-pressure/…`, `timecode` each second, `transport`,
 * `song/…`; and `mmc`, `msc`, `sysex` with a number that counts on, so that the same command twice is two reports.
 */
export function midiReports(context: Pick<LinkContext, 'report'>): (message: MidiMessage) => void {
  const upper = new Map<string, number>()
  const quarters = quarterFrameReader()
  let second = ''
  let count = 0

  const timecode = (time: Timecode | null, isJump: boolean) => {
    if (time === null) return
    const text = timecodeText(time)
    // a running time code would fill the journal: a second is enough to see it run
    if (!isJump && text.slice(0, 8) === second) return
    second = text.slice(0, 8)
    context.report('timecode', text)
  }

  const control = (channel: number, controller: number, value: number) => {
    context.report(`cc/${channel}/${controller}`, value)
    if (controller < 32) upper.set(`${channel}/${controller}`, value)
    const pair = `${channel}/${controller - 32}`
    const high = controller < 64 ? upper.get(pair) : undefined
    if (high !== undefined) context.report(`cc14/${pair}`, (high << 7) | value)
  }

  const sysex = (data: Uint8Array) => {
    const full = timeOfFullFrame(data)
    if (full !== null) return timecode(full, true)
    count++
    const [machine, show] = [machineWords(data), showWords(data)]
    if (machine !== null) context.report('mmc', { ...machine, count })
    else if (show !== null) context.report('msc', { ...show, cue: [...show.cue], count })
    else {
      const bytes = hexOf(data.subarray(0, reportedSysex))
      const value: Json = { bytes, length: data.length, count }
      context.report('sysex', value)
    }
  }

  return (message) => {
    switch (message.kind) {
      case 'note-on':
        return context.report(`note/${message.channel}/${message.note}`, message.velocity)
      case 'note-off':
        return context.report(`note/${message.channel}/${message.note}`, 0)
      case 'poly-pressure':
        return context.report(`key-pressure/${message.channel}/${message.note}`, message.pressure)
      case 'control':
        return control(message.channel, message.controller, message.value)
      case 'program':
        return context.report(`program/${message.channel}`, message.program)
      case 'pressure':
        return context.report(`pressure/${message.channel}`, message.pressure)
      case 'pitch':
        return context.report(`pitch/${message.channel}`, message.value)
      case 'sysex':
        return sysex(message.data)
      case 'quarter-frame':
        return timecode(quarters.push(message.data), false)
      case 'song-position':
        return context.report('song/position', message.beats)
      case 'song-select':
        return context.report('song/select', message.song)
      case 'start':
      case 'continue':
      case 'stop':
        return context.report('transport', message.kind)
      // clocks and signs of life come many times a second and say nothing lasting
      case 'clock':
      case 'active-sensing':
      case 'tune-request':
      case 'reset':
        return
      default:
        message satisfies never
    }
  }
}
