import t from 'tap'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addToken, listTokens, loadTokens, removeToken, TokenError } from './tokens.ts'

const now = new Date('2026-01-01T00:00:00Z')

function file(t: { teardown(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'infra-tokens-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return join(folder, 'tokens.json')
}

void t.test(
  'a token is shown once; the file keeps only its hash, and only for the hub itself',
  async (t) => {
    const path = file(t)
    const token = addToken(path, 'ops', now)
    t.match(token, /^ift_[A-Za-z0-9_-]{43}$/)
    t.notMatch(readFileSync(path, 'utf8'), token.slice(4))
    t.equal(statSync(path).mode & 0o777, 0o600)
    t.match(listTokens(path), [{ name: 'ops', createdAt: '2026-01-01T00:00:00.000Z' }])
    t.equal(loadTokens(path)(token), 'ops')
  },
)

void t.test('a running hub knows a new token at once, and a removed one no more', async (t) => {
  const path = file(t)
  const owner = loadTokens(path)
  t.equal(owner('ift_x'), null, 'without a file there is no token')
  const ops = addToken(path, 'ops', now)
  t.equal(owner(ops), 'ops')
  const desk = addToken(path, 'desk', now)
  t.equal(owner(desk), 'desk')
  t.equal(owner(ops), 'ops')
  t.equal(owner(`${ops.slice(0, -1)}~`), null)
  removeToken(path, 'ops')
  t.equal(owner(ops), null)
  t.equal(owner(desk), 'desk')
})

void t.test('a name is taken once and must be one', async (t) => {
  const path = file(t)
  addToken(path, 'ops', now)
  t.throws(() => addToken(path, 'ops', now), { code: 'name' })
  t.throws(() => addToken(path, 'ops', now), TokenError)
  t.throws(() => addToken(path, 'no name', now), { code: 'name' })
  t.throws(() => removeToken(path, 'nobody'), { code: 'unknown' })
})

void t.test('a file that is not a list of tokens lets nobody in', async (t) => {
  const path = file(t)
  const token = addToken(path, 'ops', now)
  const owner = loadTokens(path)
  t.equal(owner(token), 'ops')
  for (const text of [
    '{',
    '[]',
    '{"tokens":[{"name":"ops"}]}',
    '{"tokens":[{"name":"a","createdAt":"","sha256":"00"}]}',
  ]) {
    writeFileSync(path, text)
    t.throws(() => owner(token), { name: 'TokenError', code: 'file', message: path })
  }
})
