import type { Deframer, Frame } from '../../wire/frame.ts'
import { deframer, framed, type Framing } from '../../wire/framing.ts'

// How reports are cut out of the line to a dock, in both forms that docks have. There is no document of them: as seen in
// @elgato-stream-deck/tcp 7.3.2 and in the notes of FlowingSPDG/streamdeck-cona-rs.

/** What is sent, by what it is there: which part of a dock it is for stands in the newer form's header. */
export type Sending = 'write' | 'feature' | 'ask-dock' | 'ask-deck'

/** A report; `number`: what its answer repeats, empty in the older form. */
export type DockReport =
  | { readonly ok: true; readonly bytes: Buffer; readonly number: Buffer }
  | { readonly ok: false; readonly detail: string }

export interface DockFraming {
  /** Reports as they come in; after one that is none the line is of no use. */
  readonly reports: Deframer<DockReport>
  sent(report: Uint8Array, as: Sending): Buffer
  /** The answer to a sign of life. */
  alive(answer: Uint8Array, number: Buffer): Buffer
}

/** 512 in the older form; a newer one that is shorter is filled up to that with zeros, so all are read alike. Bytes. */
const reportBytes = 512
/** What a dock says fits into some hundred bytes. */
const mostBytes = 16 * 1024
/** All that is sent in the older form has this length, filled up with zeros. */
const sentBytes = 1024

/** By the first byte that a dock says: a header's, or a sign of life's. null: this is no dock. */
export function framingOf(first: number | undefined): DockFraming | null {
  return first === magic[0] ? newer() : first === 0x01 ? older() : null
}

function reportsOf(frames: Deframer, reportOf: (frame: Frame) => DockReport): Deframer<DockReport> {
  return { push: (chunk) => frames.push(chunk).map(reportOf), end: () => frames.end() }
}

const noNumber = Buffer.alloc(0)

function older(): DockFraming {
  const filled = (report: Uint8Array) => {
    if (report.length === sentBytes) return Buffer.from(report)
    const full = Buffer.alloc(sentBytes)
    full.set(report.subarray(0, sentBytes))
    return full
  }
  const packets = deframer({ type: 'fixed', size: reportBytes }, reportBytes)
  const reportOf = (frame: Frame): DockReport => (frame.ok ? { ...frame, number: noNumber } : frame)
  return { reports: reportsOf(packets, reportOf), sent: filled, alive: filled }
}

const magic = Buffer.from([0x43, 0x93, 0x8a, 0x41])
/** Magic, flags (2), operation, nothing, number (4); then the length of the report, then the report. Little-endian. */
const form = {
  type: 'length',
  bytes: 4,
  endian: 'little',
  inclusive: false,
  header: 12,
} as const satisfies Framing
/** Operation and number: what an answer repeats. */
const numberFrom = 6
/** What it is for a deck behind a dock, or a part of the dock that is one. */
const verbatim = 0x80_00
const answered = 0x02_00
const kinds: Readonly<Record<Sending, readonly [flags: number, operation: number]>> = {
  write: [verbatim, 0],
  feature: [verbatim, 1],
  'ask-deck': [verbatim, 2],
  'ask-dock': [0, 2],
}

function newer(): DockFraming {
  const frames = deframer(form, form.header + mostBytes)
  const said = (flags: number, after: Uint8Array, report: Uint8Array) => {
    const header = Buffer.alloc(form.header)
    magic.copy(header)
    header.writeUInt16LE(flags, 4)
    header.set(after, numberFrom)
    return framed(form, Buffer.concat([header, report]))
  }
  const reportOf = (frame: Frame): DockReport => {
    if (!frame.ok) return frame
    const { bytes } = frame
    if (!bytes.subarray(0, magic.length).equals(magic))
      return { ok: false, detail: 'what it said is no report of a dock' }
    const report = Buffer.alloc(Math.max(reportBytes, bytes.length - form.header))
    bytes.copy(report, 0, form.header)
    return { ok: true, bytes: report, number: bytes.subarray(numberFrom, form.header) }
  }
  return {
    reports: reportsOf(frames, reportOf),
    sent(report, as) {
      const [flags, operation] = kinds[as]
      return said(flags, Buffer.from([operation]), report)
    },
    alive: (answer, number) => said(answered, number, answer),
  }
}
