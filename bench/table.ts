/** Prints rows under a head: the first column to the left, numbers to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const width = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  for (const row of [head, ...rows])
    console.log(
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(width[i] ?? 0) : cell.padStart(width[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
  console.log()
}

/** One of the aims, and whether this run reached it. */
export function printReach(what: string, reached: boolean, found: string): void {
  console.log(`${reached ? 'PASS' : 'MISS'}  ${what}: ${found}`)
}

/** Empty for what there is not. */
export const whole = (value: number) =>
  Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en')
export const fixed = (value: number, digits: number) =>
  Number.isNaN(value) ? '' : value.toFixed(digits)
