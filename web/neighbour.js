// @ts-check

/**
 * The nearest control in a direction: first along it, then beside it, so that a gap in the grid is jumped.
 *
 * @template {{ control: { row: number, col: number } }} K
 * @param {Iterable<K>} keys
 * @param {{ row: number, col: number }} from
 * @param {readonly [number, number]} way
 * @returns {K | undefined}
 */
export function neighbour(keys, from, [rows, cols]) {
  /** @type {K | undefined} */
  let best
  let bestCost = Infinity
  for (const key of keys) {
    const ahead = (key.control.row - from.row) * rows + (key.control.col - from.col) * cols
    const aside =
      Math.abs((key.control.row - from.row) * cols) + Math.abs((key.control.col - from.col) * rows)
    // a key beside the way costs more than any key on it
    const cost = ahead + aside * 100
    if (ahead > 0 && cost < bestCost) {
      best = key
      bestCost = cost
    }
  }
  return best
}
