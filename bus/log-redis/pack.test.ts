import t from 'tap'
import { mostCharacters, packed } from './pack.ts'

void t.test(
  'bodies are packed as UTF-8 with a line feed between them, however many bytes they are',
  (t) => {
    const long = '\u6f22'.repeat(mostCharacters)
    for (const bodies of [
      ['{}'],
      ['{"a":"é"}', '{"b":"\u{1f3a5}"}', '{}'],
      [long, '{}'],
      [long, long, long],
    ])
      t.ok(packed(bodies).equals(Buffer.from(bodies.join('\n'))), `${bodies.length} bodies`)
    t.end()
  },
)

void t.test('what was packed stays what it was', (t) => {
  const first = packed(['one'])
  packed(['two'])
  t.equal(first.toString(), 'one')
  t.end()
})
