import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { testTls } from '../../surfaces/http/certificate.contract.ts'
import { body, errorOf } from '../log.contract.ts'
import { openConnection } from './client.ts'
import { doubleFor, logAt } from './try.fixture.ts'

const { key, cert } = testTls()
const tls = { key: Buffer.from(key), cert: Buffer.from(cert) }
const folder = mkdtempSync(join(tmpdir(), 'kurrent-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const ca = join(folder, 'ca.pem')
writeFileSync(ca, cert)

void t.test('a wrong password is told as one, and repeated nowhere', async (t) => {
  const double = await doubleFor(t, { tls })
  double.credentials = 'ops:right'
  const url = (password: string) =>
    `esdb://ops:${password}@localhost:${double.port}?tlsCAFile=${ca}`
  const refused = await errorOf(logAt(url('s3cret'), 'a'))
  t.match(refused, { code: 'io', message: /denies access: check user name and password/ })
  t.notMatch(refused.message, 's3cret')
  const log = await logAt(url('right'), 'a')
  t.same(await log.append([body(1)], 'durable'), ['1'], 'the right one is let in, over TLS')
  double.credentials = 'ops:changed'
  t.match(await errorOf(log.append([body(2)], 'durable')), { code: 'io', message: /denies access/ })
  await log.close()
})

void t.test(
  'a certificate that nobody vouches for, and TLS on one side only, are told apart',
  async (t) => {
    const secure = await doubleFor(t, { tls })
    const plain = await doubleFor(t)
    t.match(await errorOf(logAt(`esdb://localhost:${secure.port}`, 'a', 500)), {
      code: 'io',
      message: /certificate is not trusted.*tlsCAFile/,
    })
    t.match(await errorOf(logAt(`esdb://127.0.0.1:${plain.port}?tlsCAFile=${ca}`, 'a', 500)), {
      code: 'io',
      message: /tls=false/,
    })
  },
)

void t.test('a URL that is none is explained without repeating it', async (t) => {
  const cases = [
    ['', /does not begin with esdb:/],
    ['http://u:s3cret@host', /does not begin with esdb:/],
    ['esdb://u:s3cret@', /not of the right form/],
    ['esdb://u:s3cret@host:1?tlsCAFile=missing.pem', /certificate that cannot be read/],
  ] as const
  for (const [url, message] of cases) {
    const error = await errorOf(logAt(url, 'a'))
    t.match(error, { code: 'io', message }, url)
    t.notMatch(error.message, 's3cret')
  }
  const { server } = openConnection('kurrentdb://u:s3cret@host:2113?tls=false')
  t.equal(server, 'esdb://host:2113', 'messages name the server by this')
})
