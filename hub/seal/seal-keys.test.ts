import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { publish, seal, signHead } from '../../witness/seal/sealer.ts'
import { SealStore } from '../../witness/seal/store.ts'
import { newFolder } from '../../witness/seal/try.fixture.ts'
import { newKey, parseKey, writeKey, type Signer } from '../../witness/sign/key.ts'
import { openLogKeys } from './seal-keys.ts'

const origin = 'studio.example/log'

function place(t: Test) {
  const folder = newFolder(t)
  const file = join(folder, 'log.key')
  const open = () => openLogKeys(file, origin, folder)
  const signed = (signer: Signer, body = '{"n":1}') => {
    const store = new SealStore(folder)
    seal(store, [{ rid: String(store.size + 1), body }])
    publish(store, signHead(store, signer), [])
    store.close()
  }
  return { folder, file, open, signed }
}

const bodyOf = (change: object) =>
  JSON.stringify({ at: 1, event: { type: 'KeyChanged', actor: null, ...change } })

void t.test('a key is made once, for its owner alone, and told', (t) => {
  const { folder, file, open } = place(t)
  const keys = open()
  t.equal(keys.made, keys.signer.vkey)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(readFileSync(join(folder, 'log.vkey'), 'utf8'), `${keys.signer.vkey}\n`)
  t.match(open(), { made: keys.signer.vkey }, 'as long as that is not on record')
  keys.told()
  t.match(open(), { made: null, signer: { vkey: keys.signer.vkey } })
  chmodSync(file, 0o640)
  t.throws(open, /others may read the private key .*: chmod 600 it/)
  t.end()
})

void t.test(
  'the next key takes over with the entry of the change, and the old one is gone',
  (t) => {
    const { file, open, signed, folder } = place(t)
    const keys = open()
    const { vkey: old, id } = keys.signer
    signed(keys.signer)
    const { next, made } = keys.prepare()
    t.ok(made)
    t.equal(keys.prepare().made, false, 'it is made once')
    const change = keys.change(1)
    t.match(change, { old, next: next.vkey, after: 1 })
    t.equal(keys.handsOver('{"event":{"type":"HubStarted"}}', 1), false)
    t.equal(keys.handsOver(bodyOf({ ...change, after: 0 }), 1), false, 'not what they signed')
    t.equal(keys.handsOver(bodyOf(change), 0), false, 'before the lines that were there')
    t.equal(keys.handsOver(bodyOf(change), 1), true)
    t.equal(keys.signer.id, id, 'not before it is told to')
    t.same(keys.handOver(), { retired: true })
    t.equal(keys.signer.vkey, next.vkey)
    t.equal(parseKey(readFileSync(file, 'utf8')).vkey, next.vkey)
    t.notOk(existsSync(`${file}.next`))
    t.equal(readFileSync(join(folder, 'log.vkey'), 'utf8'), `${next.vkey}\n`)
    t.equal(keys.handsOver(bodyOf(change), 1), false, 'it is done')
    t.end()
  },
)

void t.test('after a crash the key goes on that signed the newest head', (t) => {
  const { file, open, signed } = place(t)
  const first = open()
  signed(first.signer)
  const { next } = first.prepare()
  t.equal(open().signer.vkey, first.signer.vkey, 'the next one was only prepared')
  signed(next)
  t.equal(open().signer.vkey, next.vkey, 'it has signed: it was about to be put in its place')
  t.equal(open().finished, null)
  // a key that was put there by hand has not taken over from any
  writeFileSync(file, newKey(origin, 'log'))
  writeFileSync(`${file}.next`, newKey(origin, 'log'))
  t.throws(open, /not the one that signed the newest head: put that back/)
  t.end()
})

void t.test(
  'a crash anywhere between the last head of a key and the first of the next is mended',
  (t) => {
    const { file, open, signed } = place(t)
    const keys = open()
    const old = keys.signer.vkey
    signed(keys.signer)
    const { next } = keys.prepare()
    const before = readFileSync(file)
    signed(keys.signer, bodyOf(keys.change(1)))
    const again = open()
    t.match(again, { finished: { old, last: 2, retired: true }, signer: { vkey: next.vkey } })
    t.match(open(), { finished: null, signer: { vkey: next.vkey } }, 'once')
    writeFileSync(file, before)
    t.equal(open().signer.vkey, old, 'control: without the next key nothing takes over')
    t.end()
  },
)

void t.test('a change to a key that this hub lacks is trouble, and another hub’s is none', (t) => {
  const { file, open } = place(t)
  const keys = open()
  const change = keys.change(0)
  t.equal(keys.handsOver(bodyOf(place(t).open().change(0)), 3), false, 'of another hub')
  rmSync(`${file}.next`)
  t.throws(() => open().handsOver(bodyOf(change), 3), /signs from line 4 on, and it is not in/)
  t.ok(keys.handsOver(bodyOf(change), 3), 'control')
  t.end()
})

void t.test('a systemd credential is read as it is, and never replaced', (t) => {
  const credentials = newFolder(t)
  const folder = newFolder(t)
  const was = process.env['CREDENTIALS_DIRECTORY']
  t.teardown(() => {
    if (was === undefined) delete process.env['CREDENTIALS_DIRECTORY']
    else process.env['CREDENTIALS_DIRECTORY'] = was
  })
  const open = () => openLogKeys('credential:log.key', origin, folder)
  delete process.env['CREDENTIALS_DIRECTORY']
  t.throws(open, /LoadCredential=log\.key:PATH/)
  process.env['CREDENTIALS_DIRECTORY'] = credentials
  t.throws(open, /there is no credential:log\.key/, 'it is not made there')
  const path = join(credentials, 'log.key')
  writeKey(path, newKey(origin, 'log'))
  chmodSync(path, 0o440) // as systemd shows it where it was given by an access list
  const keys = open()
  t.equal(keys.made, null)
  t.throws(() => keys.prepare(), /make the next one with infra witness key .*log\.key\.next/)
  writeKey(`${path}.next`, newKey(origin, 'log'))
  const { next } = keys.prepare()
  t.equal(keys.handsOver(bodyOf(keys.change(0)), 0), true)
  t.same(keys.handOver(), { retired: false })
  t.equal(keys.signer.vkey, next.vkey)
  t.ok(existsSync(path), 'who gave it takes it away')
  t.end()
})

void t.test('a key of another log is refused', (t) => {
  const { file, open } = place(t)
  writeKey(file, newKey('other.example/log', 'log'))
  t.throws(open, /is of other\.example\/log, and the log is studio\.example\/log/)
  t.end()
})
