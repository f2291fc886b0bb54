import { parseVkey, type VerifierKey } from './vkey.ts'

// Which logs and witnesses a reader trusts, and how many witnesses it takes (C2SP tlog-policy).

export interface PolicyWitness {
  readonly key: VerifierKey
  /** Where it takes checkpoints; null where the policy is for reading only. */
  readonly url: string | null
}

export interface Policy {
  readonly logs: readonly VerifierKey[]
  readonly witnesses: readonly PolicyWitness[]
  /** Whether these witnesses, by the public keys in hex, are enough. */
  isQuorum(cosigned: ReadonlySet<string>): boolean
  /** The quorum in words, `2 of 3`. */
  readonly quorum: string
}

/** A policy that is none; `message` has the line. */
class PolicyError extends Error {
  override readonly name = 'PolicyError'
}

type Rule = (cosigned: ReadonlySet<string>) => boolean

/** Beyond any policy that a person reads. */
const maxLines = 1000

/** @throws PolicyError, KeyError */
export function parsePolicy(text: string): Policy {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
    throw new PolicyError('the policy has control characters')
  const lines = text.split('\n')
  if (lines.length > maxLines) throw new PolicyError(`a policy has at most ${maxLines} lines`)
  const logs: VerifierKey[] = []
  const witnesses: PolicyWitness[] = []
  const rules = new Map<string, { readonly rule: Rule; readonly words: string }>()
  const grouped = new Set<string>()
  let quorum: { readonly rule: Rule; readonly words: string } | null = null

  for (const [index, line] of lines.entries()) {
    const [verb, ...words] = line.split(/[ \t]+/).filter((word) => word !== '')
    if (verb === undefined || verb.startsWith('#')) continue
    const fail = (why: string): never => {
      throw new PolicyError(`line ${index + 1} of the policy: ${why}`)
    }
    const define = (name: string, rule: Rule, said: string) => {
      if (name === 'none' || rules.has(name)) fail(`the name ${name} is in use`)
      rules.set(name, { rule, words: said })
    }
    const [name = '', ...rest] = words
    switch (verb) {
      case 'log': {
        const key = parseVkey(name)
        if (key.use !== 'log' || rest.length > 1) fail('a log is `log <vkey> [<url>]`, of type 1')
        if (logs.some(({ raw }) => raw === key.raw)) fail('this log is there twice')
        logs.push(key)
        break
      }
      case 'witness': {
        const [vkey = '', url = null, ...more] = rest
        const key = parseVkey(vkey)
        if (key.use !== 'witness' || more.length > 0)
          fail('a witness is `witness <name> <vkey> [<url>]`, of type 4')
        if (witnesses.some((other) => other.key.raw === key.raw))
          fail('this witness is there twice')
        witnesses.push({ key, url: url?.replace(/\/+$/, '') ?? null })
        define(name, (cosigned) => cosigned.has(key.raw), name)
        break
      }
      case 'group': {
        const [how = '', ...members] = rest
        const least =
          how === 'all'
            ? members.length
            : how === 'any'
              ? 1
              : /^[1-9]\d{0,3}$/.test(how)
                ? Number(how)
                : 0
        if (members.length === 0 || least < 1 || least > members.length)
          fail('a group is `group <name> all|any|<k> <name>...`')
        const parts = members.map((member) => {
          const part = rules.get(member) ?? fail(`${member} is not defined before`)
          if (grouped.has(member)) fail(`${member} is in two groups`)
          grouped.add(member)
          return part.rule
        })
        define(
          name,
          (cosigned) => parts.filter((part) => part(cosigned)).length >= least,
          `${least} of ${members.length}`,
        )
        break
      }
      case 'quorum': {
        if (quorum !== null || rest.length > 0) fail('there is one quorum, `quorum <name>`')
        quorum =
          name === 'none'
            ? { rule: () => true, words: 'none' }
            : (rules.get(name) ?? fail(`${name} is not defined before`))
        break
      }
      default:
        fail(`'${verb.slice(0, 40)}' is none of log, witness, group and quorum`)
    }
  }
  if (quorum === null)
    throw new PolicyError(
      'the policy has no quorum: `quorum none`, or the name of a witness or group',
    )
  return { logs, witnesses, isQuorum: quorum.rule, quorum: quorum.words }
}
