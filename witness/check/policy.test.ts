import t from 'tap'
import { newKey, parseKey } from '../sign/key.ts'
import { parsePolicy } from './policy.ts'
import { parseVkey } from './vkey.ts'

const [x1, x2, x3, y1, y2, y3] = ['x1', 'x2', 'x3', 'y1', 'y2', 'y3'].map(
  (name) => parseKey(newKey(name, 'witness')).vkey,
)
const log = parseKey(newKey('studio.example/log', 'log')).vkey
const rawOf = (vkeys: readonly (string | undefined)[]) =>
  new Set(vkeys.map((vkey) => parseVkey(vkey ?? '').raw))

void t.test(
  'the example of the C2SP document: two of one house, and any of the other',
  async (t) => {
    const { isQuorum, logs, witnesses } = parsePolicy(`
# who we trust
log ${log}

witness X1 ${x1}  https://x1.example/
witness X2 ${x2}
witness\tX3 ${x3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${y1}
witness Y2 ${y2}
witness Y3 ${y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`)
    t.match(logs, [{ name: 'studio.example/log' }])
    t.match([witnesses[0]?.url, witnesses[1]?.url], ['https://x1.example', null])
    t.ok(isQuorum(rawOf([x1, x3, y2])))
    t.notOk(isQuorum(rawOf([x1, y2, y3])))
    t.notOk(isQuorum(rawOf([x1, x2, x3])))
  },
)

void t.test('a policy that is wrong says where', async (t) => {
  t.ok(parsePolicy('quorum none\n').isQuorum(new Set()), 'control')
  for (const [text, why] of [
    ['', /has no quorum/],
    ['quorum A', /line 1 .*A is not defined before/],
    [`witness A ${x1}\nwitness A ${x2}\nquorum A`, /line 2 .*A is in use/],
    [`witness A ${x1}\nwitness B ${x1}\nquorum A`, /line 2 .*twice/],
    [`witness A ${x1}\ngroup G 2 A\nquorum G`, /line 2 .*all\|any\|<k>/],
    [`witness A ${x1}\ngroup G 0 A\nquorum G`, /line 2/],
    [`witness A ${x1}\ngroup G any A\ngroup H any A\nquorum G`, /line 3 .*two groups/],
    [`witness none ${x1}\nquorum none`, /line 1/],
    [`witness A ${log}\nquorum A`, /line 1 .*type 4/],
    [`log ${x1}\nquorum none`, /line 1 .*type 1/],
    ['quorum none\nquorum none', /line 2 .*one quorum/],
    ['Quorum none', /'Quorum' is none of/],
    ['quorum none\u0000', /control characters/],
    ['witness A x+00000000+AAAA', /no verifier key/],
  ] as const)
    t.throws(() => parsePolicy(text), why, text.slice(0, 30))
})
