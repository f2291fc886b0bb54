/** @import { Policy } from './types.ts' */
import { auditBundle } from './audit.js'
import { toBytes, toText } from './node.js'
import { sha256 } from './sha256.js'
import { mustVerify } from './subtle.js'
import { parseKey, parsePolicy } from './trust.js'

// The program for a browser: by itself, or inside of a report. Nothing leaves the page.

/** @template {HTMLElement} T @param {string} id @param {new () => T} type */
function byId(id, type) {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`this page has lost its part ${id}`)
  return found
}

// Keys, one a line, or a policy: that has a line of its own for the quorum.
/** @param {string} text @returns {Policy} */
function trustOf(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0)
    throw new Error('Paste the public key of the log, or your policy. It comes from you, never from the file.')
  if (lines.some((line) => line.startsWith('quorum'))) return parsePolicy(text)
  return { ...parsePolicy('quorum none'), logs: lines.map(parseKey) }
}

/** @param {ReadableStream<Uint8Array>} stream */
async function* chunksOf(stream) {
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

// The bundle in a report: base64 of its bytes, made small by gzip.
/** @param {Element} element */
function embedded(element) {
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (char) => char.charCodeAt(0))
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
}

/** @param {Document} report @returns {Element | null} */
const bundleIn = (report) => report.querySelector('script[type="application/gzip"]')

// The bundle that is asked about, and the report that it is in, if any.
async function asked() {
  const own = bundleIn(document)
  if (own !== null) return { name: 'the bundle in this report', stream: embedded(own), report: document }
  const file = byId('file', HTMLInputElement).files?.[0]
  if (file === undefined) throw new Error('Choose a bundle, a file that ends with .ifw.ndjson, or a report.')
  if (!file.name.endsWith('.html')) return { name: file.name, stream: file.stream(), report: null }
  // without its style, which this page's policy would complain of; nothing of a document that is only read runs or loads
  const html = (await file.text()).replace(/<style[^]*?<\/style>/g, '')
  const report = new DOMParser().parseFromString(html, 'text/html')
  const bundle = bundleIn(report)
  if (bundle === null) throw new Error(`${file.name} is no report: there is no bundle in it.`)
  return { name: `the bundle in ${file.name}`, stream: embedded(bundle), report }
}

/** @param {readonly (readonly [word: string, text: string])[]} lines */
function show(lines) {
  const rows = lines.map(([word, text]) => {
    const row = document.createElement('tr')
    const head = document.createElement('th')
    const cell = document.createElement('td')
    head.scope = 'row'
    head.textContent = word
    cell.textContent = text
    if (/^(BROKEN|MISSING|NOT|SILENT|CHANGED)/.test(text)) row.className = 'bad'
    row.append(head, cell)
    return row
  })
  byId('verdict', HTMLTableSectionElement).replaceChildren(...rows)
}

/** @param {string} text @param {'good' | 'bad' | ''} tone */
function say(text, tone) {
  const said = byId('said', HTMLElement)
  said.textContent = text
  said.className = tone
}

// Whether the words of a report are those that it was made with. Who changes both changes both: the verdict is on the lines.
/** @param {Document} report @returns {[word: string, text: string]} */
function textLine(report) {
  const found = report.getElementById('report')
  const hash = toText(sha256(toBytes(found?.textContent ?? '')), 'base64')
  const isSame = found?.dataset['sha256'] === hash
  return [
    'TEXT',
    isSame ? 'the words are those that it was made with' : 'CHANGED: the words are not those that it was made with',
  ]
}

async function run() {
  show([])
  say('verifying…', '')
  try {
    const policy = trustOf(byId('trust', HTMLTextAreaElement).value)
    const { name, stream, report } = await asked()
    const strict = byId('strict', HTMLInputElement).checked
    await mustVerify()
    const verdict = await auditBundle(chunksOf(stream), { policy, strict, name, notes: [] })
    const text = report === null ? null : textLine(report)
    const isGood = verdict.exit === 0 && text?.[1].startsWith('CHANGED') !== true
    show([...verdict.lines, ...(text === null ? [] : [text])])
    say(isGood ? 'Verified, with what you trust.' : 'NOT VERIFIED: see below.', isGood ? 'good' : 'bad')
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), 'bad')
  }
}

byId('verify', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void run()
})
// a file that is dropped anywhere is the file that is asked about
document.addEventListener('dragover', (event) => event.preventDefault())
document.addEventListener('drop', (event) => {
  event.preventDefault()
  const input = document.getElementById('file')
  if (input instanceof HTMLInputElement && event.dataTransfer) input.files = event.dataTransfer.files
})
// the bundle of a report, for other verifiers
document.getElementById('save')?.addEventListener('click', () => {
  const bundle = bundleIn(document)
  if (bundle === null) return
  void new Response(embedded(bundle)).blob().then((blob) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = 'report.ifw.ndjson'
    link.click()
    URL.revokeObjectURL(link.href)
  })
})
