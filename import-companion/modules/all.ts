import { ha } from './ha.ts'
import { http } from './http.ts'
import { lines } from './lines.ts'
import { midi } from './midi.ts'
import type { Module } from './module.ts'
import { obs } from './obs.ts'
import { osc } from './osc.ts'
import { vmix } from './vmix.ts'
import { websocket } from './websocket.ts'
import { wol } from './wol.ts'

/** The connection modules that an adapter stands for, by each id that they ever had. */
export const modules: ReadonlyMap<string, Module> = new Map(
  [osc, lines, http, websocket, midi, wol, vmix, obs, ha].flatMap((module) =>
    module.ids.map((id) => [id, module] as const),
  ),
)

/** Modules that no adapter stands for, and what does their work here. */
export const otherwise: ReadonlyMap<string, string> = new Map([
  [
    'generic-tcp-serial',
    'it hands a serial line to another connection: here a device of protocol serial drives the line itself',
  ],
])
