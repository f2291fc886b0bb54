import { agesOf } from '../web/ages.js'
import type { Seal } from './answers.ts'
import { paint, plain } from './output.ts'

/**
 * How long ago the record was sealed and witnessed, in the words of the console and by its rule for what is stale; what is
 * not well says why.
 *
 * @param now milliseconds since the epoch, by the hub's clock
 */
export function sealAges(
  seal: Seal | null,
  now: number,
): readonly (readonly [word: string, text: string])[] {
  return agesOf(seal, now).map(({ name, text, tone, title }) => {
    const isBad = tone === 'bad'
    // the console has a space there that no line breaks at: a terminal's reader may want to search for it
    const said = plain(
      `${text}${isBad && title !== '' ? `: ${title}` : ''}`.replaceAll('\u00a0', ' '),
    )
    return [name, isBad ? paint('bad', said) : said] as const
  })
}
