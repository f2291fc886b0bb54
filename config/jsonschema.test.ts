import t from 'tap'
import { Check } from 'typebox/schema'
import { parse } from 'yaml'
import { isObject, type Json } from '../intents/json.ts'
import { configJsonSchema } from './jsonschema.ts'
import { adapters, surfaces } from './parts.contract.ts'

const schema = configJsonSchema(adapters, surfaces)
const accepts = (text: string) => Check(schema, parse(text))

void t.test('an editor accepts what the hub accepts', async (t) => {
  t.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
  t.ok(accepts('site: a'), 'everything with a default may be left out')
  t.ok(accepts('{ site: a, devices: { d: { protocol: osc, port: 1 } } }'))
})

void t.test('an editor marks what the hub refuses', async (t) => {
  for (const text of [
    '{}',
    '{ site: a, sites: b }',
    '{ site: a, devices: { d: { protocol: osc } } }',
    '{ site: a, devices: { d: { protocol: osc, port: 1, httpPort: 2 } } }',
    '{ site: a, devices: { d: { protocol: midi } } }',
    '{ site: a, devices: { "no name": { protocol: vmix } } }',
    '{ site: a, pages: { 0: {} } }',
    '{ site: a, pages: { 1: { 0/0: { press: { fire: d } } } } }',
    '{ site: a, macros: { m: { steps: [ { wait: 1s } ] } } }',
    '{ site: a, macros: { m: { onFailure: stop, steps: [ { wait: 1 s } ] } } }',
  ])
    t.notOk(accepts(text), text)
})

void t.test(
  'every key has a description for the editor, and nothing of ours is left in it',
  async (t) => {
    const bare: string[] = []
    const visit = (value: Json, path: string) => {
      if (value instanceof Array)
        return value.forEach((item: Json, i) => visit(item, `${path}/${i}`))
      if (!isObject(value)) return
      for (const [key, inner] of Object.entries(value)) {
        if (key.startsWith('x-')) bare.push(`${path}/${key}`)
        if (key === 'properties' && isObject(inner))
          for (const [name, property] of Object.entries(inner))
            if (!isObject(property) || typeof property['description'] !== 'string')
              bare.push(`${path}/${name}`)
        visit(inner, `${path}/${key}`)
      }
    }
    visit(configJsonSchema(new Map(), new Map()), '')
    t.same(bare, [])
  },
)
