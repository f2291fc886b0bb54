import { sameJson, type Json } from '../../intents/json.ts'
import type { RoomState } from './room-state.ts'

/** One thing that is another one now. */
export interface Change {
  readonly what: 'hold' | 'link' | 'desired' | 'reported' | 'lease' | 'run' | 'open'
  /** The device, lease, run or intent; empty for the panic stop. */
  readonly of: string
  /** The path of a value; empty for all else. */
  readonly path: string
  /** null: there was none, or none is known. Of what is open: its status and its intent. */
  readonly before: Json
  readonly after: Json
}

/** What differs between two moments of a room, in a fixed order. Pure. */
export function changesOf(before: RoomState, after: RoomState): readonly Change[] {
  return [
    ...pairs('hold', { '': { '': before.held } }, { '': { '': after.held } }),
    ...pairs('link', links(before), links(after)),
    ...pairs('desired', values(before, 'desired'), values(after, 'desired')),
    ...pairs('reported', values(before, 'reported'), values(after, 'reported')),
    ...pairs('lease', leases(before), leases(after)),
    ...pairs('run', runs(before), runs(after)),
    ...pairs('open', open(before), open(after)),
  ]
}

/** By name, then by path. */
type Things = Readonly<Record<string, Readonly<Record<string, Json>>>>

function pairs(what: Change['what'], before: Things, after: Things): readonly Change[] {
  return keys(before, after).flatMap((of) => {
    const [was, is] = [before[of] ?? {}, after[of] ?? {}]
    return keys(was, is)
      .filter((path) => !sameJson(was[path] ?? null, is[path] ?? null))
      .map((path) => ({ what, of, path, before: was[path] ?? null, after: is[path] ?? null }))
  })
}

function keys(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
}

function links({ devices }: RoomState): Things {
  return Object.fromEntries(
    devices.map(({ id, link: { up, detail } }) => [
      id,
      { '': up === null ? null : up ? 'up' : `down: ${detail}` },
    ]),
  )
}

function values({ devices }: RoomState, which: 'desired' | 'reported'): Things {
  return Object.fromEntries(
    devices.map((device) => [
      device.id,
      Object.fromEntries(Object.entries(device[which]).map(([path, { value }]) => [path, value])),
    ]),
  )
}

function leases({ leases }: RoomState): Things {
  return Object.fromEntries(
    Object.entries(leases).map(([lease, { hub, token }]) => [
      lease,
      { '': hub === null ? null : `${hub} #${token}` },
    ]),
  )
}

function runs({ runs }: RoomState): Things {
  return Object.fromEntries(
    runs.map(({ run, macro, step }) => [run, { '': `${macro}, step ${step + 1}` }]),
  )
}

function open({ open }: RoomState): Things {
  return Object.fromEntries(open.map(({ id, status, intent }) => [id, { '': { status, intent } }]))
}
