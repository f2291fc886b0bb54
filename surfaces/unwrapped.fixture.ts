import type { parseAddress } from './address.ts'
import type { parseCommand } from './command.ts'

/** What a message or a line asks for, without the wrapping. */
export function unwrapped(asked: ReturnType<typeof parseAddress | typeof parseCommand>) {
  switch (asked.kind) {
    case 'intent':
      return asked.intent
    case 'gesture':
      return { ...asked.place, gesture: asked.gesture }
    case 'error':
      return asked.failure.detail
    case 'done':
    case 'gestures':
    case 'step':
    case 'style':
    case 'write':
    case 'read':
    case 'turn':
    case 'rescan':
      return asked
    default:
      return asked satisfies never
  }
}
