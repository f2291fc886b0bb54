import type { Test } from 'tap'
import { memoryConsole } from '../surfaces/http/memory-console.contract.ts'
import { openHttp } from '../surfaces/http/server.ts'
import { openTileFiles } from './seal/tiles.ts'

/** The sealed log in the folder `witness`, served over HTTP as a hub serves its own, until the test ends. */
export async function serveSealed(t: Test, witness: string) {
  const files = openTileFiles(witness)
  const { hub, reads } = memoryConsole()
  const http = await openHttp(
    { host: '127.0.0.1', port: 0, tls: null, insecure: false, webRoot: witness, version: 'test' },
    { ...hub, checkpoint: files.checkpoint, tile: files.tile },
  )
  t.teardown(() => http.close())
  return { url: http.address, /** What was told of who has read it. */ reads }
}
