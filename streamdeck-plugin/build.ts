// Packages the plugin for the Stream Deck app: node --require ./from-source.cjs streamdeck-plugin/build.ts [FOLDER]. What lies in FOLDER then
// is installed by a copy into the app's folder of plugins (docs/surfaces/streamdeck.md).
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { loadCanvas } from '../surfaces/render/canvas.ts'
import { pluginName } from './names.ts'

const here = new URL('.', import.meta.url).pathname
const into = join(process.argv[2] ?? 'dist/streamdeck-plugin', `${pluginName}.sdPlugin`)

await rm(into, { recursive: true, force: true })
await mkdir(join(into, 'imgs'), { recursive: true })
await build({
  entryPoints: [join(here, 'plugin.ts')],
  outfile: join(into, 'bin/plugin.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
  },
  // they speed `ws` up where they are installed
  external: ['bufferutil', 'utf-8-validate'],
  logLevel: 'warning',
})
// the app starts it as a module only where a package says so
await writeFile(join(into, 'bin/package.json'), '{ "type": "module" }\n')
const { version } = JSON.parse(await readFile(join(here, '../package.json'), 'utf8')) as {
  version: string
}
const manifest = JSON.parse(await readFile(join(here, 'manifest.json'), 'utf8')) as object
const text = JSON.stringify({ ...manifest, Version: `${version}.0` }, null, 2)
await writeFile(join(into, 'manifest.json'), `${text}\n`)
await cp(join(here, 'ui'), join(into, 'ui'), { recursive: true })
await icons()

/** The sign of each, in the sizes that the app asks for: once, and twice as large. */
async function icons(): Promise<void> {
  const { createCanvas } = await loadCanvas()
  const signs = { plugin: 'IF', category: 'IF', control: '▦', intent: '→', macro: '≡' }
  const sizes = { plugin: 256, category: 28, control: 72, intent: 72, macro: 72 }
  for (const [name, sign] of Object.entries(signs))
    for (const [scale, suffix] of [
      [1, ''],
      [2, '@2x'],
    ] as const) {
      const size = sizes[name as keyof typeof sizes] * scale
      const canvas = createCanvas(size, size)
      const context = canvas.getContext('2d')
      if (name !== 'category') {
        context.fillStyle = '#204060'
        context.fillRect(0, 0, size, size)
      }
      context.fillStyle = '#ffffff'
      context.font = `${size * 0.55}px "InfraFabric Key"`
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.fillText(sign, size / 2, size / 2)
      await writeFile(join(into, `imgs/${name}${suffix}.png`), await canvas.encode('png'))
    }
}
