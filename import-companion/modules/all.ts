import { ha } from './ha.ts'
import { http } from './http.ts'
import { lines } from './lines.ts'
import type { Module } from './module.ts'
import { obs } from './obs.ts'
import { osc } from './osc.ts'
import { vmix } from './vmix.ts'

/** The connection modules that an adapter stands for, by each id that they ever had. */
export const modules: ReadonlyMap<string, Module> = new Map(
  [osc, lines, http, vmix, obs, ha].flatMap((module) =>
    module.ids.map((id) => [id, module] as const),
  ),
)
