import type { Done } from '../intents/run-event.ts'
import type { Step, Steps } from './macro.ts'

// Where a step stands: the way to it, as intents/run-event.ts writes it. Whatever the config says by now: a place may lead nowhere.

export interface Place {
  /** The step around it; empty for the macro's own steps, `undo<n>` for what undoes the n-th that was done. */
  readonly parent: string
  /** Which of its lists: `then`, `b1`, `r7`. */
  readonly slot: string
  readonly index: number
}

export function placeOf(at: string): Place {
  const cut = at.lastIndexOf('/')
  const last = at.slice(cut + 1)
  const dot = last.lastIndexOf('.')
  return {
    parent: at.slice(0, Math.max(0, cut)),
    slot: last.slice(0, Math.max(0, dot)),
    index: /\d$/.test(last) ? Number(last.slice(dot + 1)) : NaN,
  }
}

/** A list of a step that is tried again is another place each time: `then~1`. */
export function slotOf(slot: string, tries: number): string {
  return tries === 0 ? slot : `${slot}~${tries}`
}

/** The list, whichever try it is. */
export function listName(slot: string): string {
  return slot.replace(/~\d+$/, '')
}

export function placeIn(parent: string, slot: string, index: number): string {
  return parent === '' ? String(index) : `${parent}/${slot}.${index}`
}

const undoForm = /^undo(\d+)$/

/** Which of what was done a place undoes; null where it undoes nothing. */
export function undoOf(at: string): number | null {
  const found = undoForm.exec(at.split('/', 1)[0] ?? '')
  return found === null ? null : Number(found[1])
}

/** The macro's own steps, and what was done of them. */
export interface Ground {
  readonly steps: Steps
  readonly done: readonly Done[]
}

export function stepAt(ground: Ground, at: string): Step | undefined {
  const { parent, slot, index } = placeOf(at)
  return listAt(ground, parent, slot)?.[index]
}

/** The steps of one list; undefined where there is no such list. */
export function listAt(ground: Ground, parent: string, place: string): Steps | undefined {
  if (parent === '') return ground.steps
  const slot = listName(place)
  const undone = undoForm.exec(parent)
  if (undone !== null) {
    const done = ground.done[Number(undone[1])]
    return done === undefined ? undefined : stepAt(ground, done.at)?.undo
  }
  const step = stepAt(ground, parent)
  if (step === undefined) return undefined
  if ('if' in step)
    return slot === 'then' ? step.then : slot === 'else' ? (step.else ?? []) : undefined
  if ('choose' in step)
    return slot === 'otherwise' ? (step.otherwise ?? []) : step.choose[numberOf(slot, 'c')]?.steps
  if ('repeat' in step) return slot.startsWith('r') ? step.steps : undefined
  if ('together' in step) return step.together[numberOf(slot, 'b')]
  if (!('try' in step)) return undefined
  if (slot === 'try') return step.try
  if (slot === 'recover') return step.recover ?? []
  return slot === 'always' ? (step.always ?? []) : undefined
}

function numberOf(slot: string, letter: string): number {
  return slot.startsWith(letter) ? Number(slot.slice(letter.length)) : -1
}

/** The number of the outermost step, from 0; null in what is undone. */
export function outermost(at: string): number | null {
  const number = Number(at.split('/', 1)[0])
  return Number.isInteger(number) ? number : null
}

/** For people, who count from 1: `step 3.2`. */
export function placeName(ground: Pick<Ground, 'done'>, at: string): string {
  const undone = undoOf(at)
  const of = undone === null ? undefined : ground.done[undone]
  if (of !== undefined) return `undoing ${placeName(ground, of.at)}`
  return `step ${at
    .split('/')
    .map((part) => placeOf(part).index + 1)
    .join('.')}`
}
