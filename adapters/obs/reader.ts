import type { Connection } from './connection.ts'
import type { Picture } from './picture.ts'
import { readState } from './snapshot.ts'

/** Reads the whole state of one connection into the picture. */
export interface Reader {
  /** The first read. @throws DeliveryError */
  first(): Promise<void>
  /** Reads again in the background, at most every {@link gapMs}. */
  soon(): void
  /** An event came that says when reading is dangerous. */
  event(name: string): void
  /** Resolves once OBS has loaded the scene collection that it is loading; null where it is loading none. */
  settled(): Promise<void> | null
  close(): void
}

/** 250 ms: somebody who builds a scene makes many changes, and one read shows them all. */
const gapMs = 250
/** 10 s: a scene collection that is still not loaded will not be waited for. */
const loadingMs = 10_000

export function createReader(connection: Connection, picture: Picture): Reader {
  let reading = false
  let wanted = false
  let closed = false
  let timer: NodeJS.Timeout | null = null
  let loading: { readonly over: Promise<void>; readonly end: () => void } | null = null

  async function read(anew: boolean): Promise<void> {
    const began = picture.moment()
    const snapshot = await readState((asked) => connection.batch(asked))
    // what was read while OBS took everything down and up again is neither the one nor the other
    if (anew || loading === null) picture.read(snapshot, began, anew)
  }

  async function again(): Promise<void> {
    timer = null
    reading = true
    wanted = false
    try {
      await read(false)
    } catch (cause) {
      connection.close(cause instanceof Error ? cause.message : 'the state could not be read')
    }
    reading = false
    if (wanted) schedule()
  }

  function schedule(): void {
    if (!closed && timer === null) timer = setTimeout(() => void again(), gapMs)
  }

  function loaded(): void {
    loading?.end()
    loading = null
  }

  return {
    first: () => read(true),
    soon() {
      wanted = true
      if (closed || reading || timer !== null || loading !== null) return
      // nothing was read lately: at once, so that a change is seen in a few milliseconds
      void again()
    },
    event(name) {
      // protocol.md, "CurrentSceneCollectionChanging": requests from here to the end of it may crash OBS
      if (name === 'CurrentSceneCollectionChanged') loaded()
      if (name !== 'CurrentSceneCollectionChanging' || loading !== null) return
      let end = () => {}
      const over = new Promise<void>((resolve) => {
        const late = setTimeout(loaded, loadingMs)
        end = () => {
          clearTimeout(late)
          resolve()
        }
      })
      loading = { over, end }
    },
    settled: () => loading?.over ?? null,
    close() {
      closed = true
      loaded()
      if (timer !== null) clearTimeout(timer)
    },
  }
}
