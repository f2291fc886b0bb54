import { isObject, type Json, type JsonObject } from '../intents/json.ts'

// A secret stands in the config as a reference, `${env:NAME}` or `${file:/path}`, alone or inside a longer string.
// It is resolved when a link opens and lives only there: the config, the log, the API and every error text have
// the reference.

/** One reference, as it was written. */
export interface SecretReference {
  readonly from: 'env' | 'file'
  /** The environment variable's name, or the file's path. */
  readonly name: string
}

const reference = /\$\{(env|file):([^}]*)\}/g
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What a reference looks like, for error texts. */
export const referenceForm = 'a reference such as ${env:NAME} or ${file:/path}'

/** Every reference inside the strings of `value`, in order. */
export function secretReferences(value: Json): readonly SecretReference[] {
  if (typeof value === 'string')
    return Array.from(value.matchAll(reference), ([, from, name]) => ({
      from: from === 'env' ? 'env' : 'file',
      name: name ?? '',
    }))
  if (Array.isArray(value)) return value.flatMap((item: Json) => secretReferences(item))
  return isObject(value) ? Object.values(value).flatMap((item) => secretReferences(item)) : []
}

/** Whether a string starts a reference that cannot be one: no end, or no usable name. */
export function hasBrokenReference(text: string): boolean {
  const whole = secretReferences(text)
  const begun = text.match(/\$\{(env|file):/g)?.length ?? 0
  return (
    begun !== whole.length ||
    whole.some(({ from, name }) => (from === 'env' ? !variable.test(name) : name.trim() === ''))
  )
}

export type ResolvedSecrets =
  | { readonly ok: true; readonly options: JsonObject }
  /** `detail` names the reference that has no value, never a value. */
  | { readonly ok: false; readonly detail: string }

/**
 * The options with every reference replaced by its secret. One line end after a file's secret is cut, because
 * editors put it there. `readFile` throws where it cannot read.
 */
export function resolveSecrets(
  options: JsonObject,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): ResolvedSecrets {
  const values = new Map<string, string>()
  for (const { from, name } of secretReferences(options)) {
    const key = `${from}:${name}`
    if (values.has(key)) continue
    const value =
      from === 'file' ? contentOf(name, readFile) : Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined)
      return {
        ok: false,
        detail:
          from === 'env'
            ? `the environment variable ${name} is not set`
            : `the secret file ${name} cannot be read`,
      }
    values.set(key, value)
  }
  return { ok: true, options: replacedIn(options, values) }
}

function contentOf(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path).replace(/\r?\n$/, '')
  } catch {
    // the caller names the path; the error's own text could quote more than that
    return undefined
  }
}

function replacedIn(options: JsonObject, values: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, replaced(value, values)]),
  )
}

function replaced(value: Json, values: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string')
    // a function, so that `$&` inside a secret stays as it is
    return value.replace(
      reference,
      (whole, from: string, name: string) => values.get(`${from}:${name}`) ?? whole,
    )
  if (Array.isArray(value)) return value.map((item: Json) => replaced(item, values))
  return isObject(value) ? replacedIn(value, values) : value
}
