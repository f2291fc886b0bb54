import type { MidiMessage } from './midi.ts'
import { timeBytes, type Timecode, timecodeText, timeOfBytes } from './midi-mtc.ts'

/** Commands of MIDI Machine Control (RP-013) without arguments, and their bytes. */
const plain = {
  stop: 0x01,
  play: 0x02,
  'deferred-play': 0x03,
  'fast-forward': 0x04,
  rewind: 0x05,
  record: 0x06,
  'record-exit': 0x07,
  'record-pause': 0x08,
  pause: 0x09,
  eject: 0x0a,
  chase: 0x0b,
  'error-reset': 0x0c,
  reset: 0x0d,
} as const satisfies Record<string, number>

export type PlainMachineCommand = keyof typeof plain
export const plainMachineCommands = Object.keys(plain) as readonly PlainMachineCommand[] // its own keys

/** Commands with a speed, and their bytes. */
const speeds = { 'variable-play': 0x45, search: 0x46, shuttle: 0x47 } as const
export type SpeedMachineCommand = keyof typeof speeds
export const speedMachineCommands = Object.keys(speeds) as readonly SpeedMachineCommand[] // its own keys

/** What a machine is told. */
export type MachineCommand =
  | { readonly command: PlainMachineCommand }
  /** `speed`: 1 is play speed, negative backwards; at most 1,000 either way. */
  | { readonly command: SpeedMachineCommand; readonly speed: number }
  /** `steps`: -63 to 63, of a frame each unless the machine's step length says otherwise. */
  | { readonly command: 'step'; readonly steps: number }
  /** `subframes`: hundredths of a frame, 0 to 99. */
  | { readonly command: 'locate'; readonly time: Timecode; readonly subframes: number }
  /** Makes a track ready to record, or no longer. `track` from 1 to {@link lastTrack}. */
  | { readonly command: 'arm'; readonly track: number; readonly on: boolean }

/** The last track that the bit field of Track Record Ready is used for here: nine bytes of it. */
export const lastTrack = 58

/** `F0 7F <device> 06 <command> F7`; device 127 is all of them. */
export function machineMessage(to: MachineCommand, device: number): MidiMessage {
  return { kind: 'sysex', data: Uint8Array.of(0x7f, device, 0x06, ...commandBytes(to)) }
}

function commandBytes(to: MachineCommand): readonly number[] {
  switch (to.command) {
    case 'variable-play':
    case 'search':
    case 'shuttle':
      return [speeds[to.command], 3, ...speedBytes(to.speed)]
    case 'step':
      return [0x48, 1, (to.steps < 0 ? 0x40 : 0) | Math.abs(to.steps)]
    case 'locate':
      return [0x44, 6, 0x01, ...timeBytes(to.time), to.subframes]
    case 'arm': {
      // bits 0 to 4 of Track Record Ready are video, time code and the aux tracks; track 1 is bit 5
      const bit = to.track + 4
      const mask = 1 << (bit % 7)
      return [0x41, 4, 0x4f, Math.floor(bit / 7), mask, to.on ? mask : 0]
    }
    default:
      return [plain[to.command]]
  }
}

/**
 * A speed as MMC's "standard speed": `0 g sss ppp`, `0qqqqqqq`, `0rrrrrrr`, where g is backwards and sss moves the
 * point from after ppp to the right.
 */
function speedBytes(speed: number): readonly [number, number, number] {
  const size = Math.abs(speed)
  let shift = 0
  while (shift < 7 && size >= 8 * 2 ** shift) shift++
  const bits = Math.min(0x1_ffff, Math.round(size * 2 ** (14 - shift)))
  return [(speed < 0 ? 0x40 : 0) | (shift << 3) | (bits >> 14), (bits >> 7) & 0x7f, bits & 0x7f]
}

function speedOf(sh: number, sm: number, sl: number): number {
  const bits = ((sh & 7) << 14) | (sm << 7) | sl
  const size = bits / 2 ** (14 - ((sh >> 3) & 7))
  return (sh & 0x40) === 0 ? size : -size
}

/** An MMC command that came in, in words; null where a SysEx is none that is known. Hostile. */
export function machineWords(
  data: Uint8Array,
): { readonly device: number; readonly command: string; readonly at?: string | number } | null {
  const [universal, device = 0, kind, code, , ...rest] = data
  if (universal !== 0x7f || kind !== 0x06 || code === undefined) return null
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = rest
  if (code === 0x44 && one === 0x01) {
    const time = timeOfBytes(two & 0x7f, three, four, five)
    return time === null ? null : { device, command: 'locate', at: timecodeText(time) }
  }
  if (code === 0x48) return { device, command: 'step', at: (one & 0x40 ? -1 : 1) * (one & 0x3f) }
  for (const [command, byte] of Object.entries(speeds))
    if (byte === code) return { device, command, at: speedOf(one, two, three) }
  for (const [command, byte] of Object.entries(plain)) if (byte === code) return { device, command }
  return null
}
