// Short texts of ASCII that are looked for at a known place of every line. Four bytes are compared at a time: byte by byte it
// was a tenth of a verification.

export interface Ascii {
  /** Its own, because to ask a view takes as long as to compare. */
  readonly length: number
  readonly view: DataView
}

/** @param text of at least four characters */
export function ascii(text: string): Ascii {
  return { length: text.length, view: viewOf(Buffer.from(text, 'latin1')) }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Whether the text stands at `at` and ends before or at `end`, which is within the view. */
export function isAt(view: DataView, at: number, end: number, text: Ascii): boolean {
  const last = text.length - 4
  if (at + last + 4 > end) return false
  for (let i = 0; i < last; i += 4)
    if (view.getInt32(at + i, true) !== text.view.getInt32(i, true)) return false
  // it may overlap the one before
  return view.getInt32(at + last, true) === text.view.getInt32(last, true)
}
