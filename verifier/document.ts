import { hash } from 'node:crypto'

/** Something that goes in an HTML document as it is. */
export interface DocumentParts {
  readonly title: string
  readonly styles: string
  readonly script: string
  readonly body: string
}

/**
 * A document that works alone: its policy lets nothing run, load or be sent but what stands in it, by hash (CSP level 3,
 * section 6.7.3.3). Pure.
 */
export function htmlDocument({ title, styles, script, body }: DocumentParts): string {
  const allowed = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`
  const policy = [
    "default-src 'none'",
    `script-src ${allowed(script)}`,
    `style-src ${allowed(styles)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${styles}</style>
</head>
<body>
${body}
<script type="module">${script}</script>
</body>
</html>
`
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/**
 * Text, or the value of an attribute in double quotes, as HTML. What comes from a device or a network goes through here: no
 * tag of it is one, and characters that turn the direction of text or control a terminal become `\xNN`.
 */
export function escaped(text: string): string {
  return text.replace(
    /[&<>"]|[^\P{Cc}\n]|\p{Bidi_Control}/gu,
    (char) => escapes[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** Asks for whom the reader trusts; `file`: and for what to verify. `page.js` fills it. */
export function verifyForm({ file }: { readonly file: boolean }): string {
  const chosen = `<p class="field">
<label for="file">Bundle or report, chosen or dropped here</label>
<input id="file" type="file" accept=".ndjson,.html">
</p>
`
  return `<form id="verify">
${file ? chosen : ''}<p class="field">
<label for="trust">The public key of the log, or your policy: from you, never from the file</label>
<textarea id="trust" rows="3" spellcheck="false" autocomplete="off" placeholder="studio.example/journal+6a09e667+AZ…"></textarea>
</p>
<p class="screen"><button type="submit">Verify</button>
<label><input id="strict" type="checkbox"> each line must be its own canonical form</label></p>
<p id="said" role="status">${file ? '' : 'Not verified yet: all that you see is the report’s own claim.'}</p>
<table><caption class="unseen">The verdict</caption><tbody id="verdict"></tbody></table>
</form>`
}
