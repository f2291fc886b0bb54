import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { compile, evaluate, type World } from './expression/expression.ts'

const world: World = {
  args: { n: 3, name: 'ü' },
  vars: { count: 2, list: [1, [2], { a: null }] },
  trigger: { value: 'go' },
  now: 1_800_000_000_000,
  state: (device, path) => (device === 'desk' && path === '/level' ? 0.5 : undefined),
  link: (device) => (device === 'desk' ? true : null),
  variables: () => ({ on_air: true }),
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'expressions (CEL)',
    seeds: [
      'args.n + 1 > vars.count && site.on_air',
      'state("desk", "/level") * 2.0',
      'vars.list.map(x, string(x)).join(", ")',
      'link("desk") ? "up" : trigger.value.matches("^g+o$")',
      '[1,2,3].filter(i, i > 1).exists(i, i == 2)',
      '{"a": args.name}["a"].size() + timestamp(now).getHours()',
    ],
    open: () => (bytes) => {
      const text = bytes.toString()
      const compiled = compile(text)
      const evaluated = evaluate(text, world)
      if (!compiled.ok && evaluated.ok) throw new Error('what cannot be checked was evaluated')
    },
  },
]
