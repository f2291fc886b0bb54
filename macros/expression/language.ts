import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import type { Json, JsonObject } from '../../intents/json.ts'
import { maxSteps, openMeter } from './meter.ts'
import { toCel } from './values.ts'

// The Common Expression Language (CEL, github.com/google/cel-spec) with what a site has: it has no loops but over lists
// and mappings that are there, no recursion, no way to the machine. What is left that could take long is metered here.

/** What an expression can ask of the site at the moment at which it is evaluated. */
export interface Site {
  /** What the device last said of `path`; undefined: nothing. */
  state(device: string, path: string): Json | undefined
  /** Whether it answers; null: nobody knows. */
  link(device: string): boolean | null
  /** The site's variables, by name. */
  variables(): JsonObject
}

/** The functions that name a device first: their literal names are checked with the config. */
export const deviceFunctions: ReadonlySet<string> = new Set(['state', 'link'])

/** Above what anybody writes; the parser recurses. */
const limits = {
  maxAstNodes: 2000,
  maxDepth: 50,
  maxListElements: 1000,
  maxMapEntries: 1000,
} as const

export const meter = openMeter()
let site: Site | null = null

const mixed: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
]

export const language = newLanguage()

/** Evaluates with what the site has now. @throws whatever the language does */
export function inSite<T>(now: Site, run: () => T): T {
  meter.reset()
  site = now
  try {
    return run()
  } finally {
    site = null
  }
}

function newLanguage(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
    .registerVariable('args', 'dyn', { description: 'The arguments of the run' })
    .registerVariable('vars', 'dyn', { description: 'Variables' })
    .registerVariable('trigger', 'dyn', { description: 'What started it' })
    .registerVariable('site', 'dyn', { description: 'Variables of the site' })
    .registerVariable('now', 'google.protobuf.Timestamp', { description: 'This moment' })
    .registerFunction('state(string, string): dyn', (device: string, path: string) => {
      const value = site?.state(device, path) ?? null
      const seen = toCel(value)
      meter.weigh(seen)
      return seen
    })
    .registerFunction('link(string): dyn', (device: string) => site?.link(device) ?? null)
    .registerFunction('round(double): int', (value: number) => BigInt(Math.round(value)))
    .registerFunction('round(int): int', (value: bigint) => value)
  for (const [operator, apply] of mixed) {
    // a level of 0.5 times 2: whoever wires a studio does not think of kinds of numbers
    environment.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) =>
      apply(Number(a), b),
    )
    environment.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) =>
      apply(a, Number(b)),
    )
  }
  return metered(environment)
}

/** What the library hands to a macro of ours: every node of an expression is evaluated through its `run`. */
interface Evaluator {
  run(node: ASTNode, context: unknown): unknown
}

/** Where an argument is parsed or searched for, in more than one pass over it. Characters. */
const maxArgumentChars = 256
const tooLong = new Error(
  `a text given to a function may have at most ${maxArgumentChars} characters`,
)
const parsers: ReadonlySet<string> = new Set(['duration', 'timestamp', 'int', 'uint', 'double'])
/** Their arguments are expressions of their own. */
const loops: ReadonlySet<string> = new Set(['map', 'filter', 'all', 'exists', 'exists_one', 'bind'])
/** A time zone is looked up each time: as slow as so many steps. */
const zoneSteps = 300
/** What a pattern costs before it is matched. */
const patternSteps = 500

/** Nodes whose value is searched, compared or copied by the node above them. */
const weighed = new WeakSet<object>()
/** Nodes whose value is an argument that must be short. */
const short = new WeakSet<object>()

/** To be called with every expression once, after it was parsed. */
export function mark(node: ASTNode): void {
  for (const child of childrenOf(node)) mark(child)
  if (node.op === '==' || node.op === '!=' || node.op === 'in')
    for (const operand of node.args) weighed.add(operand)
  if (node.op === 'call') {
    for (const one of node.args[1]) weighed.add(one)
    if (parsers.has(node.args[0])) for (const one of node.args[1]) short.add(one)
  }
  if (node.op === 'rcall') {
    weighed.add(node.args[1])
    if (!loops.has(node.args[0])) for (const one of node.args[2]) short.add(one)
  }
}

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/**
 * Puts the meter between the library and its evaluator. A macro is the library's own way to get hold of that; only its `run`
 * is replaced, so that an update which names it otherwise is found by the first test.
 */
function metered(environment: Environment): Environment {
  let found: Evaluator | null = null
  environment.registerFunction('meter(ast): dyn', () => ({
    typeCheck: (checker: { getType(name: string): unknown }) => checker.getType('bool'),
    evaluate: (evaluator: Evaluator) => {
      found ??= evaluator
      return true
    },
  }))
  environment.evaluate('meter(true)')
  const evaluator = found as Evaluator | null // set while `evaluate` ran
  if (evaluator === null) throw new Error('the expression language cannot be metered')
  const plain = evaluator.run
  evaluator.run = function run(node, context) {
    meter.spend(1)
    if (node.op === 'rcall') {
      const [name, receiver, [pattern]] = node.args
      if (name === 'matches' && pattern !== undefined)
        return matches(this.run(receiver, context), this.run(pattern, context))
      if (name.startsWith('get') && pattern !== undefined) meter.spend(zoneSteps)
    }
    const value = plain.call(this, node, context)
    if (weighed.has(node)) meter.weigh(value)
    else meter.pass(value)
    if (short.has(node) && typeof value === 'string' && value.length > maxArgumentChars)
      throw tooLong
    return value
  }
  return environment
}

/** In the place of the library's, which takes JavaScript's own patterns: some of those never end. RE2's always do. */
function matches(text: unknown, pattern: unknown): boolean {
  if (typeof text !== 'string' || typeof pattern !== 'string')
    throw new Error('matches is for a text, with a pattern that is a text')
  if (pattern.length > maxArgumentChars) throw tooLong
  meter.spend(patternSteps + (pattern.length * text.length) / 16)
  return RE2JS.compile(pattern).matcher(text).find()
}

/** What an evaluation ended with that used all its steps up, whatever its last value. */
export const usedUp = `it takes more than ${maxSteps} steps: loop over less, or build shorter texts and lists`
