/** Longer lines are no answer to look for something in; with the rules below it bounds a match to milliseconds. */
const matchedLength = 512
const longestPattern = 200
/** Each one more multiplies the work on a hostile line by its length. */
const mostRepetitions = 2
/** `{1,16}` and shorter is no repetition to worry about. */
const longestCounted = 16

/** What a pattern found in a text: its groups by number and by name. Null: it does not match. */
export type Groups = ReadonlyMap<string, string> | null

export interface Pattern {
  matches(text: string): boolean
  groups(text: string): Groups
}

/**
 * A pattern of the config that is matched against what a device answers, or why it may not be: the answer is
 * hostile, so a pattern that could take exponential time on it is refused. A group that is repeated must hold no
 * repetition and no alternative, at most two things repeat without bound, and there are no back references.
 * @param longest how many characters it may have: more, where arguments have been filled in as they stand
 */
export function pattern(
  source: string,
  longest = longestPattern,
): ({ readonly ok: true } & Pattern) | { readonly ok: false; readonly detail: string } {
  if (source.length > longest) return { ok: false, detail: `has more than ${longest} characters` }
  const fault = danger(source)
  if (fault !== null) return { ok: false, detail: fault }
  try {
    const compiled = new RegExp(source, 'u')
    return {
      ok: true,
      matches: (text) => compiled.test(text.slice(0, matchedLength)),
      groups: (text) => {
        const found = compiled.exec(text.slice(0, matchedLength))
        return found === null ? null : groupsOf(found)
      },
    }
  } catch {
    // the SyntaxError repeats the pattern, which the config has already
    return { ok: false, detail: 'is no regular expression' }
  }
}

function groupsOf(found: RegExpExecArray): ReadonlyMap<string, string> {
  const groups = new Map<string, string>()
  for (const [i, text] of found.entries()) if (i > 0) groups.set(String(i), text ?? '')
  for (const [name, text] of Object.entries(found.groups ?? {})) groups.set(name, text ?? '')
  return groups
}

/** Walks over the pattern's tokens; for each open group, whether it can match in more than one way. */
function danger(source: string): string | null {
  const open: boolean[] = []
  let closed = false
  let repetitions = 0
  // an escape, a class, the head of a group, a repetition, or any other single character: linear
  for (const [token] of source.matchAll(
    /\\[\s\S]|\[(?:\\[\s\S]|[^\\\]])*\]|\(\?[:=!]|\{\d+(?:,\d*)?\}|[\s\S]/g,
  )) {
    if (/^\\[1-9k]/.test(token)) return 'has a back reference'
    const repeats = /^[*+]$|^\{\d/.test(token)
    if (repeats && closed) return 'repeats a group that can match in several ways'
    if (repeats && !counted(token) && ++repetitions > mostRepetitions)
      return `has more than ${mostRepetitions} parts that repeat`
    if (token === ')') closed = open.pop() ?? false
    else {
      closed = false
      if (token.startsWith('(')) open.push(false)
    }
    const varies = repeats || token === '?' || token === '|' || closed
    if (varies && open.length > 0) open[open.length - 1] = true
  }
  return null
}

function counted(token: string): boolean {
  const [, least, most = least] = /^\{(\d+)(?:,(\d*))?\}$/.exec(token) ?? []
  return most !== undefined && most !== '' && Number(most) <= longestCounted
}
