import t from 'tap'
import { follow, forgotten, moved, newFader, refused, touched } from './fader.ts'

void t.test('while a hand is on the fader its motor is silent; let go, it follows once', (t) => {
  const fader = newFader()
  t.equal(follow(fader, 100, true), 100, 'control: without a hand it follows at once')
  t.equal(touched(fader, true), null)
  t.equal(follow(fader, 200, true), null)
  t.equal(follow(fader, 300, true), null)
  t.equal(touched(fader, false), 300)
  t.equal(touched(fader, false), null, 'only once')
  t.equal(follow(fader, 300, true), null, 'it is there')
  t.end()
})

void t.test('what the hand set stays where the hand left it until its outcome is known', (t) => {
  const fader = newFader()
  follow(fader, 100, true)
  touched(fader, true)
  moved(fader, 900)
  t.equal(touched(fader, false), 900, 'it is held there, and not sent back to what it was')
  t.equal(follow(fader, 100, false), null, 'pending: nobody knows')
  t.equal(follow(fader, 900, true), null, 'confirmed: it is there')
  t.equal(follow(fader, 100, true), 100, 'control: another word of the device moves it')
  t.end()
})

void t.test('where the device did not do it, the fader goes back to what is so', (t) => {
  const fader = newFader()
  follow(fader, 100, true)
  touched(fader, true)
  moved(fader, 900)
  touched(fader, false)
  follow(fader, 100, false)
  t.equal(follow(fader, 100, true), 100)
  t.end()
})

void t.test('a move that the hub refused is taken back, unless the hand has moved on', (t) => {
  const fader = newFader()
  follow(fader, 100, true)
  moved(fader, 500)
  moved(fader, 600)
  t.equal(refused(fader, 500), null)
  t.equal(refused(fader, 600), 100)
  t.end()
})

void t.test('a fader of which the device says nothing stays where the hand left it', (t) => {
  const fader = newFader()
  touched(fader, true)
  moved(fader, 900)
  t.equal(touched(fader, false), 900)
  t.equal(follow(fader, null, true), null)
  t.equal(forgotten(fader), null)
  t.end()
})

void t.test(
  'a console that was switched off is sent where the device is, also from a hand’s middle',
  (t) => {
    const fader = newFader()
    follow(fader, 100, true)
    touched(fader, true)
    t.equal(forgotten(fader), 100)
    t.equal(follow(fader, 200, true), 200, 'the hand that was on it is forgotten')
    t.end()
  },
)
