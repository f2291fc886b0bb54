import type { Answered } from '../../surfaces/desk.ts'
import { done, nowhere } from './answered.ts'

/** Where a panel may be turned to. */
export type PageTurn = 'next' | 'previous' | number

/** The page that a turn leads to, round the corner after the last; or why it leads to none. Pure. */
export function turned(
  to: PageTurn,
  page: number,
  pages: readonly number[],
): { readonly page: number } | Answered {
  if (typeof to === 'number')
    return pages.includes(to)
      ? { page: to }
      : nowhere('not-allowed', `page ${to} is not among the pages of this panel`)
  if (pages.length === 0) return nowhere('not-found', 'there is no page for this panel')
  const here = pages.indexOf(page)
  const step = to === 'next' ? here + 1 : here <= 0 ? pages.length - 1 : here - 1
  const next = pages[step % pages.length]
  return next === undefined ? done : { page: next }
}
