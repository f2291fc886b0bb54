import t from 'tap'
import { opened, raw } from './open.contract.ts'

void t.test(
  'the console is served with a policy that loads nothing foreign, and with an ETag',
  async (t) => {
    const { url, port } = await opened(t)
    const page = await fetch(`${url}/`)
    t.equal(page.status, 200)
    t.match(page.headers.get('content-type'), 'text/html')
    t.match(
      page.headers.get('content-security-policy'),
      /^default-src 'self'; img-src 'self' data:;/,
    )
    t.equal(page.headers.get('x-content-type-options'), 'nosniff')
    t.equal(page.headers.get('cache-control'), 'no-cache')
    const etag = page.headers.get('etag') ?? ''
    t.match(etag, /^(W\/)?".+"$/)
    const fields = `Host: localhost\r\nIf-None-Match: ${etag}\r\nConnection: close\r\n\r\n`
    t.match(await raw(port, `GET / HTTP/1.1\r\n${fields}`), /^HTTP\/1\.1 304 /)
    t.match((await fetch(`${url}/parts/a.js`)).headers.get('content-type'), 'javascript')
  },
)

void t.test(
  'nothing outside of the folder, no hidden file and no list of files is served',
  async (t) => {
    const { url, port } = await opened(t)
    const paths = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/parts/../../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%5csecret.txt',
      '/parts/%2e%2e/%2e%2e/secret.txt',
      '//secret.txt',
      '/secret.txt%00.js',
      '/.hidden',
      '/parts/',
      '/parts',
    ]
    for (const path of paths) {
      const answer = await raw(
        port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      )
      t.match(answer, /^HTTP\/1\.1 40[034] [^]*application\/problem\+json/, path)
      t.notMatch(answer, /\r\n\r\nsecret|a\.js"/)
    }
    t.equal((await fetch(`${url}/parts/a.js`)).status, 200, 'control: what is inside is served')
  },
)
