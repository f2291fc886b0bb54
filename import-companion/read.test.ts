import { gzipSync } from 'node:zlib'
import t from 'tap'
import fc from 'fast-check'
import { importExport } from './import.ts'
import { ExportError, maxDepth, maxTextBytes, maxYamlBytes, readExport } from './read.ts'
import { action, button, studio } from './studio.fixture.ts'

const order = {
  site: 'studio',
  pictureFolder: null,
  judge: { device: () => null, fire: () => null },
}
const refused = (bytes: Uint8Array | string, why: RegExp) => {
  let found: unknown = null
  try {
    importExport(Buffer.from(bytes as string), order)
  } catch (error) {
    found = error
  }
  t.type(found, ExportError)
  t.match(String(found), why)
}

void t.test('a file that is no export is refused, with what it should be', async () => {
  refused('', /no export of Companion/)
  refused('just a text', /no export of Companion/)
  refused('[1, 2]', /no export of Companion/)
  refused('{"type":"shopping list"}', /neither full, page nor trigger_list/)
  refused('{"type":"full","version":99}', /knows 1 to 16: is there a newer/)
  refused('{"a": 1', /neither JSON nor YAML/)
  refused(Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /gzip data are damaged/)
  refused(Buffer.from([0xff, 0xfe, 0xfd]), /expected UTF-8/)
})

void t.test('a bomb is refused before it takes the memory', async () => {
  refused(gzipSync(Buffer.alloc(maxTextBytes + 1, 0x20)), /more than 64 MiB/)
  refused(Buffer.alloc(maxTextBytes + 1, 0x20), /more than 64 MiB/)
  refused(`a: ${'x'.repeat(maxYamlBytes)}`, /export it as JSON/)
  const lists = Array.from(
    { length: 30 },
    (_, i) => `l${i}: &l${i} [${`*l${i - 1},`.repeat(i === 0 ? 0 : 9)}1]`,
  )
  refused(lists.join('\n'), /neither JSON nor YAML that can be read: .*alias/i)
})

void t.test('nesting is bounded in JSON and in YAML', async (t) => {
  const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
  refused(deep(100_000), /nested deeper/)
  refused(`a: ${'['.repeat(100_000)}`, /nested deeper/)
  t.ok(readExport(Buffer.from(deep(maxDepth))), 'control: what is not deeper is read')
})

void t.test(
  'values of any type, anywhere, never end the import in anything but a refusal',
  async (t) => {
    const whole = studio({
      '0': { '0': button({ text: 'GO' }, [action('c1', 'send_int', { path: '/x', int: 1 })]) },
    })
    let taken = 0
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (json, at) => {
        // one value of the export becomes another
        const places = [...JSON.stringify(whole).matchAll(/:("[^"]*"|\d+|true|false|\[\]|\{\})/g)]
        const place = places[at % places.length]
        const text = JSON.stringify(whole)
        const start = (place?.index ?? 0) + 1
        const changed = text.slice(0, start) + json + text.slice(start + (place?.[1]?.length ?? 0))
        try {
          importExport(Buffer.from(changed), order)
          taken++
        } catch (error) {
          t.type(error, ExportError)
        }
      }),
      { numRuns: 500 },
    )
    t.ok(taken > 100, 'control: many of them are read')
  },
)
