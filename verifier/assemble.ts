/**
 * One script of several modules: without their imports of each other, and without the types (its comments with two stars), which say to a
 * compiler what the lines say anyway. What is for people stands behind `//`. Pure.
 *
 * @param modules each behind those that it imports
 */
export function assemble(modules: readonly string[]): string {
  const all = modules.map(bare).join('\n')
  const imports = all.match(imported) ?? []
  return `${imports.join('')}\n${all
    .replace(imported, '')
    .trimStart()
    .replace(/\n{3,}/g, '\n\n')}`
}

/** What a program of Node begins with; of a page none is left. */
const imported = /^import .*\n/gm

function bare(source: string): string {
  return source
    .replace(/^ *\/\*\*[^]*?\*\/\n/gm, '')
    .replace(/\/\*\*[^*]*\*\/ \(([\w[\]]+)\)/g, '$1')
    .replace(/\/\*\*[^]*?\*\/ /g, '')
    .replace(/^import [^']* from '\.[^']*'\n/gm, '')
    .replace(/^export /gm, '')
    .trimStart()
}
