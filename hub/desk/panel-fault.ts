import type { Panel } from '../../surfaces/desk.ts'

const mostControls = 1024
/** Characters of an identity, and of a product's name. */
const longest = 128
const longestSource = 200

/** A panel as the hub names it, bounded: all of it is from outside. */
export function bounded(offered: Panel): Panel {
  return {
    ...offered,
    id: offered.id.slice(0, longest),
    product: offered.product.slice(0, longest),
    source: offered.source.slice(0, longestSource),
  }
}

/** Why a panel cannot have a seat; null where it can. */
export function faultOf({ id, controls }: Panel): string | null {
  if (!/^[^\p{C}]+$/u.test(id))
    return 'a panel needs an identity: one line of text that is not empty'
  if (controls.length > mostControls) return `a panel has ${mostControls} controls at most`
  const spots = new Set(controls.map(({ row, col }) => `${row}/${col}`))
  if (spots.size < controls.length) return 'two controls of the panel are at one spot'
  const isSpot = (n: number) => Number.isInteger(n) && n >= 0 && n < 1024
  return controls.every(({ row, col }) => isSpot(row) && isSpot(col))
    ? null
    : 'a control of the panel is at no row and column'
}
