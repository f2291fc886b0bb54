import { Document, isCollection, visit } from 'yaml'
import type { JsonObject } from '../intents/json.ts'

/** What fits a line of a config that people read. */
const lineWidth = 100

/** The config as YAML that a person goes on with: what is short stands on one line. */
export function yamlOf(config: JsonObject, comment: string): string {
  const document = new Document(config, { aliasDuplicateObjects: false })
  document.commentBefore = comment
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n')
  visit(document, {
    Collection(_, node, path) {
      const isDeep = path.filter((each) => isCollection(each)).length >= 2
      if (isDeep && JSON.stringify(node.toJSON()).length <= lineWidth - 24) node.flow = true
    },
    Scalar(_, node) {
      // else its lines would stand where the layout of the others is
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({
    lineWidth,
    doubleQuotedMinMultiLineLength: lineWidth,
    singleQuote: true,
  })
}
