// Where the hashes of the tree stand (C2SP tlog-tiles): 256 hashes of one level in a file, each level's hashes being
// those of full files one level below.

/** How many hashes a full tile has. */
export const tileWidth = 256

/** How many levels of the tree lie between two levels of tiles: 2^8 is 256. */
export const tileHeight = 8

/** `1234067` is `x001/x234/067`: a path with at most 1000 names in a folder. */
export function pathOfIndex(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/\d{3}/g) ?? []
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
}

/** The number of a tile by its path; null for what is no path of one. */
export function indexOfPath(path: string): number | null {
  if (!/^(x\d{3}\/)*\d{3}$/.test(path)) return null
  const index = Number(path.replace(/[x/]/g, ''))
  return Number.isSafeInteger(index) && pathOfIndex(index) === path ? index : null
}

/** How wide the tile `index` of `level` is in a tree of `size` leaves: 0 where it has none. */
export function widthOf(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** level) - index * tileWidth
  return Math.max(0, Math.min(tileWidth, hashes))
}
