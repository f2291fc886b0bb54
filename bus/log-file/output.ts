import { close as closeFile, open as openFile } from 'node:fs'
import { promisify } from 'node:util'
import { cutSegments } from './base.ts'
import type { Disk } from './disk.ts'
import { syncFolder } from './folder.ts'
import type { OpenSegments } from './recover.ts'
import type { Mark } from './scan.ts'
import { type Segment, segmentAt } from './segment.ts'

const openFd = promisify(openFile)
const closeFd = promisify(closeFile)

/** A new segment that is not in use yet. */
interface NewSegment {
  readonly segment: Segment
  readonly fd: number
}

/**
 * The newest segment, open for writing. Every write names its place, so one that failed leaves no hole. It knows
 * nothing of calls; the {@link Writer} sees to it that no two of its methods overlap, `write` and `sync` aside.
 */
export class Output {
  readonly #dir: string
  readonly #disk: Disk
  #segments: readonly Segment[]
  #cut: number
  #fd: number
  #end: Mark

  constructor(opened: OpenSegments, disk: Disk) {
    this.#dir = opened.dir
    this.#disk = disk
    this.#segments = [...opened.segments]
    this.#cut = opened.cut
    this.#fd = opened.fd
    this.#end = opened.end
  }

  /** The newest complete line in the file, and where it ends. */
  get end(): Mark {
    return this.#end
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** The newest line that was cut off. */
  get cut(): number {
    return this.#cut
  }

  /** Forgets the segments that hold nothing after line `cut`: nobody begins to read there any more. */
  cutUpTo(cut: number): void {
    const gone = cutSegments(this.#segments, cut)
    this.#segments = this.#segments.filter((segment) => !gone.includes(segment))
    this.#cut = cut
  }

  /** Writes `bytes` after {@link end} and moves it to `end`. When it throws, `end` stays and bytes may be left after it. */
  async write(bytes: Buffer, end: Mark): Promise<void> {
    let done = 0
    while (done < bytes.length)
      done += await this.#disk.write(this.#fd, bytes, done, this.#end.offset + done)
    this.#end = end
  }

  sync(): Promise<void> {
    return this.#disk.fdatasync(this.#fd)
  }

  /** Removes what a failed write left after {@link end}, so that it is not there after a power loss either. */
  async cutBack(): Promise<void> {
    await this.#disk.truncate(this.#fd, this.#end.offset)
    await this.sync()
  }

  /** Makes the file that comes next. When it throws, nothing has changed. */
  async create(): Promise<NewSegment> {
    const segment = segmentAt(this.#dir, this.#end.seq + 1)
    return { segment, fd: await openFd(segment.path, 'wx', 0o640) }
  }

  /** Goes on in `next`; the old file is synced already, so that only the newest can have a torn tail. */
  async moveTo(next: NewSegment): Promise<void> {
    const old = this.#fd
    this.#fd = next.fd
    await closeFd(old)
    await this.sync()
    await syncFolder(this.#dir)
    this.#segments = [...this.#segments, next.segment]
    this.#end = { seq: this.#end.seq, offset: 0 }
  }

  close(): Promise<void> {
    return closeFd(this.#fd)
  }
}
