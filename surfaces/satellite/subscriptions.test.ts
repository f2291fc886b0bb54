import t from 'tap'
import { openClient, openSurface } from './test-client.contract.ts'

// The lines are those of Companion's own page on the Satellite API, version 1.14.0, and of its older versions.

void t.test('a single button can be watched and pressed without being a panel', async (t) => {
  const { host, port } = await openSurface(t)
  const { socket, say, until } = await openClient(t, port)
  host.show({ page: 1, row: 2, col: 3 }, { text: 'GO', colour: '#00ff00' })
  say('ADD-SUB SUBID=myid LOCATION=1/2/3 COLORS=hex TEXT=true')
  await until(/^ADD-SUB OK SUBID="myid"$/)
  t.equal(
    await until(/^SUB-STATE/),
    'SUB-STATE SUBID="myid" PRESSED=0 TYPE="BUTTON" COLOR="#00ff00" TEXTCOLOR="#ffffff" TEXT="R08="',
  )
  host.show({ page: 1, row: 2, col: 3 }, { text: 'GO', state: { is: 'pending' } })
  t.match(await until(/^SUB-STATE/), /COLOR="#ffb300"/)
  say('ADD-SUB SUBID=other LOCATION=2/0/0 TEXT=true', 'SUB-PRESS SUBID=other PRESSED=true')
  await until(/^SUB-PRESS OK SUBID="other"$/)
  t.match(host.gestures.at(-1), {
    place: { page: 2, row: 0, col: 0 },
    gesture: 'down',
    actor: { type: 'operator', id: 'unidentified', surface: 'sat', control: '2/0/0' },
  })
  t.match(await until(/^SUB-STATE SUBID="other" PRESSED=1/), 'PRESSED=1')
  say('SUB-PRESS SUBID=other PRESSED=false')
  await until(/^SUB-STATE SUBID="other" PRESSED=0/)
  t.match(host.gestures.at(-1), { place: { page: 2, row: 0, col: 0 }, gesture: 'up' })
  say('SUB-PRESS SUBID=other PRESSED=true', 'REMOVE-SUB SUBID=other')
  await until(/^REMOVE-SUB OK SUBID="other"$/)
  t.match(host.gestures.at(-1), { gesture: 'up' }, 'what is held is let go')
  say('ADD-SUB SUBID=other LOCATION=2/0/0 TEXT=true', 'SUB-PRESS SUBID=other PRESSED=true')
  await until(/^SUB-PRESS OK SUBID="other"$/)
  say('SUB-ROTATE SUBID=other DIRECTION=-2')
  await until(/^SUB-ROTATE OK/)
  t.strictSame(
    host.gestures.slice(-2).map(({ gesture }) => gesture),
    ['rotate-left', 'rotate-left'],
  )
  say('REMOVE-SUB SUBID=myid')
  await until(/^REMOVE-SUB OK SUBID="myid"$/)
  socket.destroy()
  await host.until(() => host.gestures.at(-1)?.gesture === 'up')
  t.equal(host.followers, 0, 'who is gone is told nothing any more')
})

void t.test('subscriptions can be switched off', async (t) => {
  const { port } = await openSurface(t, { subscriptions: false })
  const { say, until } = await openClient(t, port)
  say('ADD-SUB SUBID=myid LOCATION=1/2/3 TEXT=true')
  t.equal(await until(/^ADD-SUB/), 'ADD-SUB ERROR MESSAGE="Subscriptions not enabled"')
})
