#!/usr/bin/env -S node --max-semi-space-size=32
import { CommanderError } from 'commander'
import { ConnectionLost } from './client.ts'
import { Stop } from './exit.ts'
import { fileFault } from './file-fault.ts'
import { noteStop, printStopJson } from './output.ts'
import { infra } from './program.ts'

/** What went wrong, as a reason to stop; null where commander ended with a help text. */
function stopOf(error: unknown): Stop | null {
  if (error instanceof Stop) return error
  // `--help` and `--version` end with an error, too: its exit code tells them apart
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? null : new Stop('usage', error.message, { cause: error })
  if (error instanceof ConnectionLost)
    return new Stop('unreachable', error.message, { cause: error })
  const detail = fileFault(error) ?? (error instanceof Error ? error.message : String(error))
  // the hub's record error carries what `infra witness verify` would end with
  if (error instanceof Error && 'fault' in error && 'exit' in error)
    return new Stop('unverified', `the record does not verify: ${detail}`, {
      code: Number(error.exit),
      hint: 'infra witness verify says more',
      cause: error,
    })
  // the hub's config error carries its faults
  const config = typeof error === 'object' && error !== null && 'faults' in error
  return new Stop(config ? 'config' : 'failed', detail, { cause: error })
}

// `infra tail | head -1`: whoever read has enough, and that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? undefined : 1)
})

try {
  await infra().parseAsync()
} catch (error) {
  const stop = stopOf(error)
  if (stop !== null) {
    if (process.argv.includes('--json')) printStopJson(stop)
    // commander has said on stderr what it did not understand
    if (!(error instanceof CommanderError)) noteStop(stop)
    process.exitCode = stop.code
  }
}
