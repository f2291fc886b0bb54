import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { newRoom, type HubProcess } from './hub-process.ts'
import { attackRow } from './report.ts'
import { copyOf, newKeys, newSite, verified } from './sealed-site.ts'

t.setTimeout(240_000)

/** How long sealing may take to say why it goes on no more. Milliseconds. */
const withinMs = 20_000

/** Waits until the hub says that its record is not sealed any more, and why. */
async function troubleOf(hub: HubProcess): Promise<string> {
  const late = performance.now() + withinMs
  for (;;) {
    const { status, body } = await hub.get('/health')
    const text = JSON.stringify(body)
    if ((status !== 200 && text.includes('witness')) || performance.now() > late) return text
  }
}

void t.test('what the owner of the machine can do is found from outside', async (t) => {
  const { folder } = newRoom(t, '')
  const studio = await newKeys(t, folder)
  const site = await newSite(t, { keyFile: studio.logKey, policy: studio.policy })
  await site.work(15, 'show')
  const snapshot = copyOf(site, 'snapshot')
  await site.work(10, 'late')
  const whole = copyOf(site, 'whole')
  const policy = ['--policy', studio.policy]
  const key = ['--key', studio.logVkey]

  await verified(t, [whole.data, ...policy], {
    attack: 'control: nothing',
    done: 'a copy',
    fault: null,
  })
  await verified(t, [snapshot.data, ...policy], {
    attack: 'control: rolled-back snapshot',
    done: 'an old copy of the machine, looked at alone: it was once good',
    fault: null,
  })
  await verified(t, [snapshot.data, ...policy, '--head', whole.head], {
    attack: 'rolled-back snapshot',
    done: 'with the head that the witness has',
    fault: 'truncated',
  })

  await t.test('and a hub that is started over an old copy seals no more', async (t) => {
    const { data } = copyOf(site, 'restored')
    rmSync(data, { recursive: true })
    cpSync(snapshot.data, data, { recursive: true })
    const restored = await newSite(t, { keyFile: studio.logKey, policy: studio.policy, data })
    const hub = await restored.start()
    const trouble = await troubleOf(hub)
    t.match(trouble, /has cosigned \d+ lines, and here are \d+/)
    await hub.end()
    attackRow({
      attack: 'rolled-back snapshot',
      done: 'a hub started over it, with its witness',
      verdict: 'sealing stops: the witness has cosigned more',
      exit: '/health 503',
      expected: '/health 503',
    })
  })

  // the same name, another history, and the key stolen
  const forged = await newSite(t, { keyFile: studio.logKey, policy: null })
  await forged.work(40, 'forged')
  const forgery = copyOf(forged, 'forgery')
  await verified(t, [forgery.data, ...key], {
    attack: 'control: all made anew with the stolen key',
    done: 'looked at alone, without a witness: nothing is promised',
    fault: null,
  })
  await verified(t, [forgery.data, ...policy], {
    attack: 'all made anew with the stolen key',
    done: 'with the policy that asks for the witness',
    fault: 'unwitnessed',
  })
  await verified(t, [forgery.data, ...key, '--head', whole.head], {
    attack: 'all made anew with the stolen key',
    done: 'with a head from an earlier visit',
    fault: 'root',
  })
  await verified(t, [whole.data, ...key, '--head', forgery.head], {
    attack: 'two heads shown to two auditors',
    done: 'one of them takes the other’s head, which is larger',
    fault: 'truncated',
  })
  await verified(t, [forgery.data, ...key, '--head', whole.head], {
    attack: 'two heads shown to two auditors',
    done: 'and the other one his: they cannot both be true',
    fault: 'root',
  })

  const patched = copyOf(site, 'patched')
  for (const part of ['journal', 'witness/segments', 'witness/tile']) {
    rmSync(join(patched.data, part), { recursive: true })
    cpSync(join(forgery.data, part), join(patched.data, part), { recursive: true })
  }
  await verified(t, [patched.data, ...policy], {
    attack: 'all made anew without the key',
    done: 'journal, lines and tiles; the signed heads stay',
    fault: 'root',
  })
  const pasted = copyOf(forged, 'pasted')
  const [note = '', witness = ''] = [forgery.head, whole.head].map((file) =>
    readFileSync(file, 'utf8'),
  )
  writeFileSync(pasted.head, `${note}${witness.trimEnd().split('\n').at(-1)}\n`)
  await verified(t, [pasted.data, ...policy], {
    attack: 'a cosignature moved',
    done: 'from the true head to the forged one',
    fault: 'signature',
  })

  const other = newRoom(t, '').folder
  const stranger = await newKeys(t, other)
  await verified(t, [whole.data, '--key', stranger.logVkey], {
    attack: 'wrong key',
    done: 'another key of the same name is trusted',
    fault: 'signature',
  })
  const foreign = await newSite(t, { keyFile: stranger.logKey, policy: null })
  await foreign.work(25, 'show')
  await verified(t, [copyOf(foreign, 'foreign').data, ...key], {
    attack: 'all made anew and signed with another key',
    done: 'of the same name',
    fault: 'signature',
  })

  const elsewhere = newRoom(t, '').folder
  const neighbour = await newKeys(t, elsewhere, 'other.example/journal')
  const next = await newSite(t, {
    keyFile: neighbour.logKey,
    policy: null,
    name: 'other.example/journal',
  })
  await next.work(3, 'show')
  const mixed = copyOf(site, 'mixed')
  cpSync(copyOf(next, 'next').head, mixed.head)
  await verified(t, [mixed.data, ...key], {
    attack: 'checkpoint from another site',
    done: 'in place of the newest; its key is not trusted',
    fault: 'signature',
  })
  await verified(t, [mixed.data, ...key, '--key', neighbour.logVkey], {
    attack: 'checkpoint from another site',
    done: 'both sites’ keys are trusted',
    fault: 'root',
  })
  t.ok(readdirSync(join(whole.witness, 'checkpoints')).length > 1, 'control: several heads')
})
