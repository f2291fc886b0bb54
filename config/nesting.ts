import { CST, Lexer } from 'yaml'

/** Deeper than any config, and shallow enough for every recursion over it. */
export const maxDepth = 64
/** 64 levels of two spaces. */
const maxIndent = 128

/**
 * Where a YAML text becomes deeper than {@link maxDepth}; null where it does not. yaml composes by recursion, and
 * text of a hundred thousand brackets ends the whole process there, so this looks at the tokens first, without one.
 */
export function tooDeepAt(text: string): number | null {
  let offset = 0
  let flow = 0
  let indent = 0
  let indicators = 0
  let isLineStart = true
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    if (isScalar) {
      // whatever a scalar looks like, it nests nothing
      isScalar = false
      isLineStart = false
      offset += token.length
      continue
    }
    const kind = CST.tokenType(token)
    switch (kind) {
      case 'scalar':
        // a mark that stands in no text: the next token is the scalar
        isScalar = true
        continue
      case 'doc-mode':
      case 'flow-error-end':
        continue
      case 'newline':
        indent = 0
        indicators = 0
        isLineStart = true
        break
      case 'space':
        if (isLineStart) indent = token.length
        break
      case 'flow-map-start':
      case 'flow-seq-start':
        if (++flow > maxDepth) return offset
        break
      case 'flow-map-end':
      case 'flow-seq-end':
        if (flow > 0) flow--
        break
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        // a block level needs a column of indentation, or an indicator on the same line
        if (flow === 0 && (indent > maxIndent || ++indicators > maxDepth)) return offset
        break
      // what else there is nests nothing
      case null:
      case 'alias':
      case 'anchor':
      case 'block-scalar-header':
      case 'byte-order-mark':
      case 'comma':
      case 'comment':
      case 'directive-line':
      case 'doc-end':
      case 'doc-start':
      case 'double-quoted-scalar':
      case 'single-quoted-scalar':
      case 'tag':
        break
      default:
        kind satisfies never
    }
    if (kind !== 'newline' && kind !== 'space') isLineStart = false
    offset += token.length
  }
  return null
}
