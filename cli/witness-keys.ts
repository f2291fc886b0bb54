import type { Command } from 'commander'
import { ask } from './client.ts'
import { Stop } from './exit.ts'
import { showManifest, writeManifest } from './offline.ts'
import { print, printJson } from './output.ts'
import { example, hubOf, hubOptions, jsonOption, wantsJson } from './settings.ts'
import { table } from './table.ts'

interface KeyAnswer {
  readonly old: string
  readonly next: string
  readonly last: number | null
}

/** The hub seals up to the entry before it answers: 20 s is what it gives itself. Milliseconds. */
const rotateMs = 30_000

/** `infra witness key rotate`: another key signs from now on. */
export function addRotate(key: Command): void {
  const command = key
    .command('rotate')
    .summary('let a new key sign the log of a running hub from now on')
    .description(
      'Change the key that signs: the hub makes the new key, both sign the change, it is recorded with who ordered it, and the private half of the old key is destroyed. With --prepare only the new key is made, so that witnesses and auditors can be told its public half before.',
    )
    .option('--prepare', 'only make the new key')
  example(
    hubOptions(command),
    'infra witness key rotate --prepare',
    'infra witness key rotate',
  ).action(async (options: { prepare?: boolean }) => {
    const prepare = options.prepare === true
    const answer = await ask<KeyAnswer>(
      hubOf(command),
      {
        method: 'POST',
        path: '/api/v1/witness/key/rotate',
        body: { prepare },
        withinMs: rotateMs,
      },
      ['old', 'next'],
    )
    if (wantsJson(command)) return printJson({ ...answer })
    const { old, next, last } = answer
    if (prepare) {
      print(`signs now   ${old}`)
      print(`next        ${next}`)
      print('Give the next key to every witness; then: infra witness key rotate')
      return
    }
    print(`signed      ${old}${last === null ? '' : `, up to size ${last}`}`)
    print(`signs now   ${next}${last === null ? '' : `, from size ${last + 1}`}`)
    if (last === null)
      print('The change is recorded; the hub has not sealed as far yet: see infra status')
  })
}

interface ManifestWords {
  readonly root: string
  readonly key?: string
  readonly from?: string
  readonly to?: string
}

/** `infra witness manifest`: which keys sign a log, in the words of its root key. */
export function addManifest(witness: Command): void {
  const command = witness
    .command('manifest <file>')
    .summary('say which keys sign a log and which sizes, signed by its root key')
    .description(
      'With --key: put a key of the log and the sizes of the heads that it signs into FILE, or change its range, and sign that with the private root key; do so on a machine without a network. Without --key: show what FILE says, where the public root key has signed it.',
    )
    .requiredOption('--root <key>', 'with --key the file of the private root key, else its vkey')
    .option('--key <vkey>', 'a key of the log, or a file with it')
    .option('--from <size>', 'the first size that it signs')
    .option('--to <size>', 'the last size that it signed; open where nothing is given')
  example(
    jsonOption(command),
    'infra witness manifest studio.manifest --root root.key --key studio-a.vkey --from 0 --to 104200',
    'infra witness manifest studio.manifest --root root.key --key studio-b.vkey --from 104201',
    'infra witness manifest studio.manifest --root root.vkey',
  ).action(async (file: string, { root, key, from, to }: ManifestWords) => {
    if (key === undefined && (from !== undefined || to !== undefined))
      throw new Stop('usage', '--from and --to say what a --key signs')
    if (key !== undefined && from === undefined)
      throw new Stop('usage', '--from is missing: the first size that the key signs, 0 for a first')
    const said =
      key === undefined || from === undefined
        ? await showManifest(file, root)
        : await writeManifest({
            file,
            rootFile: root,
            key,
            from: sizeOf('--from', from),
            to: to === undefined || to === 'open' ? null : sizeOf('--to', to),
          })
    if (wantsJson(command)) return printJson({ file, ...said })
    print(`log   ${said.origin}`)
    print(`root  ${said.root}`)
    print('')
    const rows = said.keys.map(({ vkey, sizes }) => [vkey, sizes])
    for (const line of table(['key', 'signs heads of'], rows)) print(line)
  })
}

function sizeOf(option: string, text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  throw new Stop('usage', `${option} is a number of lines, not "${text}"`)
}
