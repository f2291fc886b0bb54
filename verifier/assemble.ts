/**
 * One script of several modules: without their imports of each other, and without the types (its comments with two stars), which say to a
 * compiler what the lines say anyway. What is for people stands behind `//`. Pure.
 *
 * @param modules each behind those that it imports
 */
export function assemble(modules: readonly string[]): string {
  return modules.map(bare).join('\n')
}

function bare(source: string): string {
  return source
    .replace(/^ *\/\*\*[^]*?\*\/\n/gm, '')
    .replace(/\/\*\*[^*]*\*\/ \(([\w[\]]+)\)/g, '$1')
    .replace(/\/\*\*[^]*?\*\/ /g, '')
    .replace(/^import [^']* from '\.[^']*'\n/gm, '')
    .replace(/^export /gm, '')
    .trimStart()
}
