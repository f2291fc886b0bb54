/** Paths of what has a name. A slash in a name is written `%2F` where two names follow each other. */

/** 300 characters a name: more than any person writes. */
export const maxNameLength = 300

function part(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** The name that a part of a path stands for. */
export function nameOf(written: string): string {
  return written.replaceAll(/%2F/gi, '/').replaceAll('%25', '%')
}

/** What an input is doing: `input/Mic/Aux/muted`. Its end is one of a known set, so its name stands as it is. */
export function inputPath(input: string, what: string): string {
  return `input/${input}/${what}`
}

/** Whether a filter is on: `filter/<source>/<filter>`. */
export function filterPath(source: string, filter: string): string {
  return `filter/${part(source)}/${part(filter)}`
}

/** Whether an item of a scene is shown: `item/<scene>/<source>`. */
export function itemPath(scene: string, source: string): string {
  return `item/${part(scene)}/${part(source)}`
}
