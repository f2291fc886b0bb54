// Names of devices and macros: a letter, then letters, digits, "-" or "_", at most 64; each once.

export interface Names {
  /** A name like `wanted` that nobody has yet. */
  take(wanted: string): string
}

/** @param fallback for what has no letter that may stand in a name */
export function openNames(fallback: string): Names {
  const taken = new Set<string>()
  return {
    take(wanted) {
      const base = fitting(wanted) ?? fallback
      for (let count = 1; ; count++) {
        const name = count === 1 ? base : `${base.slice(0, 58)}_${count}`
        if (taken.has(name)) continue
        taken.add(name)
        return name
      }
    },
  }
}

function fitting(wanted: string): string | null {
  const plain = wanted
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^[^A-Za-z]+|[_-]+$/g, '')
    .slice(0, 64)
  return plain === '' ? null : plain
}
