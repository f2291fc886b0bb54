import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { problemCodes } from './problem.ts'

const style = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
h2 { border-bottom: 1px solid; margin-top: 2.5rem; text-transform: capitalize }
details { border: 1px solid #8888; border-radius: .4rem; margin: .5rem 0; padding: .5rem .8rem }
summary { cursor: pointer; overflow-wrap: anywhere }
code, pre { font: 14px/1.45 ui-monospace, monospace }
pre { background: #8882; border-radius: .3rem; overflow-x: auto; padding: .6rem }
.method { display: inline-block; font-weight: 700; min-width: 4.5rem }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
:target { background: #fc04 }
`

const styleHash = createHash('sha256').update(style).digest('base64')

/** The OpenAPI document as one page without a script; `policy` allows nothing but its own style. */
export function docsPage(document: object): { readonly html: string; readonly policy: string } {
  const api = JSON.parse(JSON.stringify(document)) as JsonObject // a JSON document by its own standard
  const info = objectAt(api, 'info')
  const byTag = new Map<string, string[]>()
  for (const [path, methods] of Object.entries(objectAt(api, 'paths')))
    for (const [method, operation] of Object.entries(isObject(methods) ? methods : {})) {
      if (!isObject(operation) || method === 'head') continue
      const tag = Array.isArray(operation['tags']) ? String(operation['tags'][0]) : 'other'
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(method, path, operation)])
    }
  const sections = [...byTag].map(([tag, parts]) => `<h2>${text(tag)}</h2>\n${parts.join('\n')}`)
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info['title'])} API</title>
<style>${style}</style>
<h1>${text(info['title'])} API <small>${text(info['version'])}</small></h1>
<p>${text(info['description'])}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI ${text(api['openapi'])}).</p>
${sections.join('\n')}
<h2>Problems</h2>
<table><tr><th>code</th><th>status</th><th>meaning</th></tr>
${problemRows()}
</table>
<p>What the hub refuses has codes of its own (<code>unknown-action</code>, <code>held</code>, <code>expired</code> …);
such a problem names the refused intent's <code>id</code> and <code>position</code>.</p>
</html>
`
  return {
    html,
    policy: `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
  }
}

function operationHtml(method: string, path: string, operation: JsonObject): string {
  const parts = [`<p>${text(operation['description'] ?? '')}</p>`]
  const parameters = operation['parameters']
  if (Array.isArray(parameters))
    parts.push('<h4>Parameters</h4>', ...parameters.map((one: Json) => schemaHtml(one)))
  const body = schemaOf(operation['requestBody'])
  if (body !== null) parts.push('<h4>Body</h4>', schemaHtml(body))
  const messages = operation['x-client-messages']
  if (messages !== undefined) parts.push('<h4>What a client may say</h4>', schemaHtml(messages))
  for (const [status, answer] of Object.entries(objectAt(operation, 'responses'))) {
    const schema = schemaOf(answer)
    const said = isObject(answer) ? answer['description'] : ''
    parts.push(`<h4>${text(status)}</h4><p>${text(said ?? '')}</p>`)
    if (schema !== null && status !== 'default') parts.push(schemaHtml(schema))
  }
  return `<details><summary><span class="method">${text(method.toUpperCase())}</span><code>${text(path)}</code> ${text(operation['summary'] ?? '')}</summary>
${parts.join('\n')}
</details>`
}

function problemRows(): string {
  return Object.entries(problemCodes)
    .map(
      ([code, [status, title]]) =>
        `<tr id="${text(code)}"><td><code>${text(code)}</code></td><td>${status}</td><td>${text(title)}</td></tr>`,
    )
    .join('\n')
}

function schemaOf(value: Json | undefined): Json {
  if (!isObject(value)) return null
  const first = Object.values(objectAt(value, 'content'))[0]
  return isObject(first) ? (first['schema'] ?? null) : null
}

function schemaHtml(schema: Json): string {
  return `<pre>${text(JSON.stringify(schema, null, 2))}</pre>`
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key]
  return isObject(inner) ? inner : {}
}

function text(value: Json | undefined): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value ?? '')
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
