import { readFileSync } from 'node:fs'
import { parseVkey } from '../../witness/check/vkey.ts'
import { openWitness } from '../../witness/cosign/server.ts'
import { newKey, readKey, writeKey, type SignerUse } from '../../witness/sign/key.ts'
import { stopSignal } from '../stop-signal.ts'

export interface ServeOptions {
  /** The witness's private key. */
  readonly keyFile: string
  /** Files with the keys of the logs that it serves, each one or more vkeys, a line each. */
  readonly logFiles: readonly string[]
  /** Where it keeps what it has cosigned. */
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly out: (line: string) => void
}

/** Runs a witness until it is told to stop. @throws RangeError, KeyError, Node's own errors: each says what to do */
export async function serveWitness({
  keyFile,
  logFiles,
  out,
  ...where
}: ServeOptions): Promise<void> {
  const signer = readKey(keyFile)
  if (signer.use !== 'witness')
    throw new RangeError(
      `${keyFile} is the key of a log: make one with infra witness key --witness`,
    )
  const logs = logFiles.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseVkey),
  )
  const witness = await openWitness({
    ...where,
    signer,
    logs,
    now: () => Math.floor(Date.now() / 1000),
  })
  out(
    `ready  ${witness.address}  witness ${signer.name}, for ${logs.map(({ name }) => name).join(', ')}`,
  )
  out(`key    ${signer.vkey}`)
  out(`stopping (${await stopSignal()})`)
  await witness.close()
}

/** Makes a key and writes it to a file for its owner alone; gives back the public half. @throws RangeError, Node's own error */
export function makeKeyFile(name: string, use: SignerUse, file: string): string {
  writeKey(file, newKey(name, use))
  return readKey(file).vkey
}
