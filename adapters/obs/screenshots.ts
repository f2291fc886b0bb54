import { setTimeout as sleep } from 'node:timers/promises'
import type { LinkContext } from '../adapter.ts'
import { pictureOf } from './answer.ts'
import type { Connection } from './connection.ts'
import type { ObsOptions, PictureOptions } from './options.ts'
import type { Picture } from './picture.ts'
import { reasonOf } from './protocol.ts'

/**
 * Takes the pictures of the config until `lost` aborts, one of each name at a time. Whether it works is reported under
 * `picture/<name>`: `true`, or why not.
 */
export function takePictures(
  pictures: ObsOptions['pictures'],
  connection: Connection,
  known: Picture,
  context: LinkContext,
  lost: AbortSignal,
): void {
  for (const [name, picture] of Object.entries(pictures))
    void takeOne(name, picture, { connection, known, context, lost })
}

interface Camera {
  readonly connection: Connection
  readonly known: Picture
  readonly context: LinkContext
  readonly lost: AbortSignal
}

async function takeOne(
  name: string,
  { source, everyMs, width }: PictureOptions,
  { connection, known, context, lost }: Camera,
): Promise<void> {
  while (!lost.aborted) {
    const sourceName = source ?? known.values.get('program') ?? ''
    const data = { sourceName, imageFormat: 'jpg', imageWidth: width }
    // a connection that is over is told by `lost`; a late answer is tried again
    const response = await connection
      .request('GetSourceScreenshot', data, lost)
      .catch(() => undefined)
    if (lost.aborted) return
    const taken = response?.ok === true ? pictureOf(response.data) : null
    context.picture(name, taken)
    const why = response === undefined ? 'no answer in time' : reasonOf(response)
    context.report(
      `picture/${name}`,
      taken !== null || (response?.ok === true ? 'not a picture for a button' : why),
    )
    // aborted: looked at next
    await sleep(everyMs, undefined, { signal: lost }).catch(() => undefined)
  }
}
