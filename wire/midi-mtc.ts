import type { MidiMessage } from './midi.ts'

/** Frames a second of a time code; `29.97` counts 30 and drops two numbers a minute (drop frame). */
export const frameRates = ['24', '25', '29.97', '30'] as const
export type FrameRate = (typeof frameRates)[number]

/** A moment of SMPTE time code. */
export interface Timecode {
  /** 0 to 23. */
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
  /** 0 to one less than the rate counts. */
  readonly frames: number
  readonly rate: FrameRate
}

/** How many frame numbers a second has. */
function framesOf(rate: FrameRate): number {
  return rate === '29.97' ? 30 : Number(rate)
}

/** The two bits of the rate in an hour byte: `0rrhhhhh` (MIDI Time Code, RP-004/008). */
function hourByte({ hours, rate }: Timecode): number {
  return (frameRates.indexOf(rate) << 5) | hours
}

/** `hh mm ss ff` with the rate in the hour, as MTC full frames, MMC and MSC carry it. */
export function timeBytes(time: Timecode): readonly [number, number, number, number] {
  return [hourByte(time), time.minutes, time.seconds, time.frames]
}

/** The time of four such bytes; null where it is none. Hostile. */
export function timeOfBytes(hour = -1, minutes = -1, seconds = -1, frames = -1): Timecode | null {
  const rate = frameRates[(hour >> 5) & 3]
  const hours = hour & 0x1f
  if (hour < 0 || rate === undefined || hours > 23 || minutes < 0 || minutes > 59) return null
  if (seconds < 0 || seconds > 59 || frames < 0 || frames >= framesOf(rate)) return null
  const dropped = rate === '29.97' && seconds === 0 && frames < 2 && minutes % 10 !== 0
  return dropped ? null : { hours, minutes, seconds, frames, rate }
}

const written = /^(\d{1,2}):(\d{2}):(\d{2})[:;.](\d{2})$/

/** Reads `01:02:03:04` (`;` or `.` before the frames is as good); null where it is no time of that rate. */
export function parseTimecode(text: string, rate: FrameRate): Timecode | null {
  const [, hours, minutes, seconds, frames] = written.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23) return null
  const hour = (frameRates.indexOf(rate) << 5) | Number(hours)
  return timeOfBytes(hour, Number(minutes), Number(seconds), Number(frames))
}

/** `01:02:03:04`; a semicolon before the frames of drop frame. */
export function timecodeText({ hours, minutes, seconds, frames, rate }: Timecode): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${rate === '29.97' ? ';' : ':'}${two(frames)}`
}

/** The time `count` frames later; after 23:59:59 comes 00:00:00. */
export function later(time: Timecode, count: number): Timecode {
  const { rate } = time
  return timeOfFrame(frameOf(time) + count, rate)
}

/** Which frame of its day a time is, from 0. */
function frameOf({ hours, minutes, seconds, frames, rate }: Timecode): number {
  const total = hours * 60 + minutes
  const numbers = (total * 60 + seconds) * framesOf(rate) + frames
  // two numbers are left out each minute but each tenth (SMPTE ST 12-1)
  return rate === '29.97' ? numbers - 2 * (total - Math.floor(total / 10)) : numbers
}

function timeOfFrame(frame: number, rate: FrameRate): Timecode {
  const perSecond = framesOf(rate)
  const perDay = rate === '29.97' ? 2_589_408 : 86_400 * perSecond
  let number = ((frame % perDay) + perDay) % perDay
  if (rate === '29.97') {
    const tens = Math.floor(number / 17_982)
    const rest = number % 17_982
    number += 18 * tens + (rest < 2 ? 0 : 2 * Math.floor((rest - 2) / 1798))
  }
  const seconds = Math.floor(number / perSecond)
  return {
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
    frames: number % perSecond,
    rate,
  }
}

/** How long a frame lasts. Milliseconds. */
export function frameMs(rate: FrameRate): number {
  return rate === '29.97' ? 1001 / 30 : 1000 / Number(rate)
}

/** A full frame: the receiver goes to that time. `F0 7F <device> 01 01 hr mn sc fr F7`. */
export function fullFrame(time: Timecode, device: number): MidiMessage {
  return { kind: 'sysex', data: Uint8Array.of(0x7f, device, 0x01, 0x01, ...timeBytes(time)) }
}

/** The eight quarter frames of a time, in the order of a tape that runs forward. They take two frames. */
export function quarterFrames(time: Timecode): readonly MidiMessage[] {
  const [hour, minutes, seconds, frames] = timeBytes(time)
  return [frames, seconds, minutes, hour]
    .flatMap((value) => [value & 0x0f, value >> 4])
    .map((nibble, piece) => ({ kind: 'quarter-frame', data: (piece << 4) | nibble }))
}

/** The time of a full frame; null where a SysEx is none. Hostile. */
export function timeOfFullFrame(data: Uint8Array): Timecode | null {
  if (data.length !== 8 || data[0] !== 0x7f || data[2] !== 0x01 || data[3] !== 0x01) return null
  return timeOfBytes(data[4], data[5], data[6], data[7])
}

/** Reads quarter frames: the time once all eight came in order, else null. Forward only, as a machine that plays. */
export function quarterFrameReader(): { push(data: number): Timecode | null } {
  let nibbles: number[] = []
  return {
    push(data) {
      const piece = data >> 4
      if (piece !== nibbles.length) nibbles = []
      if (piece === nibbles.length) nibbles.push(data & 0x0f)
      if (nibbles.length < 8) return null
      const [frames, seconds, minutes, hour] = [0, 2, 4, 6].map(
        (at) => (nibbles[at] ?? 0) | ((nibbles[at + 1] ?? 0) << 4),
      )
      nibbles = []
      return timeOfBytes(hour, minutes, seconds, frames)
    },
  }
}
