// One script of several modules: without their imports of each other, and without the types (`/** … */`), which say to a
// compiler what the lines say anyway. What is for people stands behind `//`.

/** @param {readonly string[]} modules each behind those that it imports */
export function assemble(modules) {
  return modules
    .map((source) =>
      source
        .replace(/^ *\/\*\*[^]*?\*\/\n/gm, '')
        .replace(/\/\*\*[^*]*\*\/ \(([\w[\]]+)\)/g, '$1')
        .replace(/\/\*\*[^]*?\*\/ /g, '')
        .replace(/^import [^']* from '\.[^']*'\n/gm, '')
        .replace(/^export /gm, '')
        .trimStart(),
    )
    .join('\n')
}
