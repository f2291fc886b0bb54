import type { Parameter } from './parameter.ts'

/** One function as its table says it. */
export type Row = readonly [
  name: string,
  description: string,
  /** In this order a list of args is read, and the first is what a lone value means. */
  params: readonly Parameter[],
]
type Params = readonly Parameter[]

/** Whole numbers from `first` to `last`. */
export function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** `LoopOn` and `LoopOff`. */
export function onOff(name: string, what: string, params: Params): readonly Row[] {
  return [
    [`${name}On`, `Turn on ${what}`, params],
    [`${name}Off`, `Turn off ${what}`, params],
  ]
}

/** `Loop`, `LoopOn` and `LoopOff`. */
export function toggle(name: string, what: string, params: Params): readonly Row[] {
  return [[name, `Toggle ${what}`, params], ...onOff(name, what, params)]
}

/** `StartRecording`, `StopRecording` and `StartStopRecording`. */
export function startStop(name: string, what: string, params: Params): readonly Row[] {
  return [
    [`Start${name}`, `Start ${what}`, params],
    [`Stop${name}`, `Stop ${what}`, params],
    [`StartStop${name}`, `Toggle ${what}`, params],
  ]
}
