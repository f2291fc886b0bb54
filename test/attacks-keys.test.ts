import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readKey, type Signer } from '../witness/sign/key.ts'
import { noteOf, signatureLine } from '../witness/sign/note.ts'
import { infra, newRoom, type HubProcess } from './hub-process.ts'
import { copyOf, newKeys, newSite, verified } from './sealed-site.ts'

t.setTimeout(180_000)

async function rotate(t: Test, hub: HubProcess): Promise<void> {
  const { code, err } = await infra(t, ['witness', 'key', 'rotate', '--url', hub.url])
  t.equal(code, 0, err)
  await hub.entry((event) => event.type === 'KeyRetired')
}

/** Signs what a head says with another key. */
function signAgain(file: string, signer: Signer): void {
  const note = readFileSync(file, 'utf8')
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  writeFileSync(file, noteOf(text, [signatureLine(signer, text)]))
}

void t.test('a newer key is good for newer entries alone', async (t) => {
  const { folder } = newRoom(t, '')
  const { logKey, logVkey } = await newKeys(t, folder)
  const site = await newSite(t, { keyFile: logKey, policy: null })
  await site.work(5, 'before')
  const hub = await site.start()
  await rotate(t, hub)
  await hub.end()
  await site.work(5, 'after')
  const old = ['--key', logVkey]
  const whole = copyOf(site, 'whole')
  await verified(t, [whole.data, ...old], {
    attack: 'control: a key that was changed',
    done: 'by a hub that runs; the old key is trusted',
    fault: null,
  })
  const again = copyOf(site, 'again')
  const heads = join(again.witness, 'checkpoints')
  const [first = ''] = readdirSync(heads).toSorted((a, b) => Number(a) - Number(b))
  const before = readFileSync(join(heads, first), 'utf8')
  signAgain(join(heads, first), readKey(logKey))
  t.not(readFileSync(join(heads, first), 'utf8'), before, 'control: another signature')
  await verified(t, [again.data, ...old], {
    attack: 'old entries re-signed with a newer key',
    done: 'a head from before the change, signed by the key from after it',
    fault: 'signature',
    detail: /signs heads of sizes \d+ and up only/,
  })
})

/** Longer than three heartbeats of a second, and a busy machine's lateness. Milliseconds. */
const silenceMs = 6000

/** Waits until the hub that was started so often, this time, has recorded so many heartbeats. */
async function beats(hub: HubProcess, started: number, count: number): Promise<void> {
  let starts = 0
  let seen = 0
  await hub.entry(({ type }) => {
    if (type === 'HubStarted') [starts, seen] = [starts + 1, 0]
    if (type === 'HeadSealed') seen++
    return starts === started && seen === count
  })
}

void t.test('time that was left out of the record is found', async (t) => {
  const { folder } = newRoom(t, '')
  const { logKey, logVkey } = await newKeys(t, folder)
  const site = await newSite(t, { keyFile: logKey, policy: null, heartbeat: 1 })
  const quiet = await site.start()
  await beats(quiet, 1, 3)
  await quiet.end()
  await verified(t, [copyOf(site, 'quiet').data, '--key', logVkey], {
    attack: 'control: idle gap',
    done: 'heartbeats, and nothing else',
    fault: null,
  })
  const hub = await site.start()
  await beats(hub, 2, 2)
  hub.signal('SIGSTOP')
  await sleep(silenceMs) // this is the attack: nothing else makes time pass
  hub.signal('SIGCONT')
  await beats(hub, 2, 4)
  await hub.end()
  await verified(t, [copyOf(site, 'silent').data, '--key', logVkey], {
    attack: 'idle gap',
    done: `a hub that runs was held for ${silenceMs / 1000} s, its heartbeat being one a second`,
    fault: 'silent',
  })
})
