import { setFlagsFromString } from 'node:v8'

/**
 * For a command that reads a long record and keeps nothing of it: V8 would give what dies young more room the longer that goes on,
 * up to 96 MB with the flag that `infra` has for hubs, and memory would grow with the record. V8 asks for this flag whenever it
 * would grow that room.
 */
export function keepYoungSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  // so little lives on that several threads to move it only wake each other
  setFlagsFromString('--no-parallel-scavenge')
}
