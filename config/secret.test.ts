import t from 'tap'
import { hasBrokenReference, resolveSecrets, secretReferences } from './secret.ts'

const noFile = (): never => {
  throw new Error('ENOENT: the text of this error must not be repeated')
}

void t.test(
  'a secret is put in place of its reference, at any depth and inside longer text',
  async (t) => {
    const options = {
      url: 'https://${env:USER_NAME}:${env:PW}@host',
      headers: [{ auth: 'Bearer ${file:/run/token}' }],
      port: 1,
    }
    const env = { USER_NAME: 'anna', PW: '$& ${env:USER_NAME}' }
    t.same(
      resolveSecrets(options, env, (path) => (path === '/run/token' ? 'abc\n' : '')),
      {
        ok: true,
        options: {
          url: 'https://anna:$& ${env:USER_NAME}@host',
          headers: [{ auth: 'Bearer abc' }],
          port: 1,
        },
      },
      'and a secret that looks like a reference stays as it is',
    )
    t.equal(options.headers[0]?.auth, 'Bearer ${file:/run/token}', 'the config keeps the reference')
  },
)

void t.test('a reference without a value is named, and no value of another is', async (t) => {
  const env = { A: 'hidden' }
  t.same(resolveSecrets({ a: '${env:A}${env:B}' }, env, noFile), {
    ok: false,
    detail: 'the environment variable B is not set',
  })
  t.same(resolveSecrets({ a: '${env:A}${file:/no}' }, env, noFile), {
    ok: false,
    detail: 'the secret file /no cannot be read',
  })
  t.notOk(resolveSecrets({ a: '${env:constructor}' }, {}, noFile).ok, 'nor an inherited one')
})

void t.test('the references of a config can be listed', async (t) => {
  t.same(secretReferences({ a: '${env:A} and ${file:/b c}', c: [null, 1, { d: '${env:A}' }] }), [
    { from: 'env', name: 'A' },
    { from: 'file', name: '/b c' },
    { from: 'env', name: 'A' },
  ])
  t.same(secretReferences('RELAY {n} ${n} $env'), [], 'a template is not one')
})

void t.test('a reference that cannot be one is told from text', async (t) => {
  for (const broken of ['${env:}', '${env:A B}', '${file: }', '${env:A', 'x ${file:/a} ${env:'])
    t.ok(hasBrokenReference(broken), broken)
  for (const good of ['', '${env:A}', '${file:./a b}', '${n}', '$', '{env:'])
    t.notOk(hasBrokenReference(good), good)
})
