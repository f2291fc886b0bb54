/** Longer words get no suggestion: nobody mistypes 64 characters, and the comparison is quadratic. */
const longestWord = 64

/** The candidate that `word` was most likely meant to be; null where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > longestWord) return null
  let best: string | null = null
  // a third of the letters may be wrong, but at least one: `prot` is `port`
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (candidate.length > longestWord) continue
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = edits(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** How many letters to insert, remove, replace, or swap with their neighbour, to get from `a` to `b`. */
function edits(a: string, b: string): number {
  let twoUp: readonly number[] = []
  let up: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let least = Math.min(
        (up[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (up[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (twoUp[column - 2] ?? 0) + 1)
      line.push(least)
    }
    twoUp = up
    up = line
  }
  return up[b.length] ?? 0
}
