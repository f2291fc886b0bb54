import t from 'tap'
import { challengeOf, digestAuthorization, nextNonce } from './digest.ts'

// RFC 7616 section 3.9.1, word for word
const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const asked = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`
const request = {
  method: 'GET',
  uri: '/dir/index.html',
  user: 'Mufasa',
  password: 'Circle of Life',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
}

function answer(header: string): string {
  const challenge = challengeOf(header)
  return challenge === null ? 'none' : digestAuthorization(challenge, request)
}

void t.test('the examples of RFC 7616 are met', async (t) => {
  t.equal(
    answer(asked('MD5')),
    `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="${nonce}", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="8ca523f5e9506fed4657c9700eebdbec", opaque="${opaque}"`,
  )
  t.match(
    answer(asked('SHA-256')),
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
  )
})

void t.test('the example of RFC 2069, which knows no qop', async (t) => {
  // RFC 2069 section 2.4, with the response that its errata give
  const challenge = challengeOf(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  )
  if (challenge === null) throw new Error('no challenge')
  const header = digestAuthorization(challenge, { ...request, password: 'CircleOfLife' })
  t.match(header, 'response="1949323746fe6a43ef61f9606e7febea"')
  t.notMatch(header, 'cnonce')
})

void t.test(
  'the first challenge that can be met is taken, whatever stands around it',
  async (t) => {
    const taken = challengeOf(
      `Basic realm="a, Digest b", ${asked('SHA-512-256')}, ${asked('SHA-256')}, ${asked('MD5')}`,
    )
    t.match(taken, { algorithm: 'SHA-256', stale: false, qop: true })
    t.match(challengeOf(`${asked('md5')}, stale=TRUE`), { algorithm: 'MD5', stale: true })
    t.match(challengeOf('Digest realm="a\\"b", nonce="c"'), { realm: 'a"b', qop: false })
    for (const header of [
      'Basic realm="x"',
      'Digest nonce="only"',
      'Digest realm="r", nonce="n", qop="auth-int"',
      'Digest realm="r", nonce="n", algorithm=SHA-3',
      `Digest realm="${'x'.repeat(5000)}", nonce="n"`,
      '',
    ])
      t.equal(challengeOf(header), null, header.slice(0, 60))
  },
)

void t.test(
  'a name in quotes cannot end its parameter, and a nonce may follow the next',
  async (t) => {
    const challenge = challengeOf('Digest realm="r", nonce="n"')
    if (challenge === null) throw new Error('no challenge')
    t.match(
      digestAuthorization(challenge, { ...request, user: 'a", uri="/other' }),
      'username="a\\", uri=\\"/other"',
    )
    t.match(
      digestAuthorization(challenge, { ...request, user: 'Jörg' }),
      "username*=UTF-8''J%C3%B6rg",
    )
    t.equal(nextNonce('rspauth="x", nextnonce="47364c", nc=00000001'), '47364c')
    t.equal(nextNonce('rspauth="x"'), null)
    t.equal(nextNonce(undefined), null)
  },
)
