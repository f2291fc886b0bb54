/** One event of a server-sent event stream. */
export interface StreamEvent {
  /** The newest `id:` so far: what to resume after; empty before the first. */
  readonly id: string
  readonly type: string
  readonly data: string
}

/** 8 MiB, far above any entry: a stream without line ends would fill the memory. */
const longestBytes = 8 * 1024 * 1024

/**
 * Reads a `text/event-stream` (HTML Standard, section 9.2.6 "Interpreting an event stream"). Ends where the stream
 * ends; an event without the empty line that closes it is not given. @throws RangeError for an endless line
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamEvent, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let id = ''
  let type = ''
  let data: string[] = []
  let size = 0
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    // a CR at the very end may be the first half of CR LF: it waits for what follows
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    size += chunk.length
    if (size > longestBytes) throw new RangeError('an event of more than 8 MiB')
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0)
          yield { id, type: type === '' ? 'message' : type, data: data.join('\n') }
        type = ''
        data = []
        size = rest.length
        continue
      }
      const colon = line.indexOf(':')
      if (colon === 0) continue // a comment: the server shows that it is alive
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'data') data.push(value)
      else if (field === 'event') type = value
      else if (field === 'id' && !value.includes('\0')) id = value
    }
  }
}
