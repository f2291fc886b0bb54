import t from 'tap'
import { jpeg, png } from '../test/fixtures/pictures.ts'
import { mostPictureBytes, mostPictureName, mostPictures, type Picture } from './adapter.ts'
import { room } from './router.fixture.ts'

const asPng = (bytes: Uint8Array): Picture => ({ type: 'image/png', bytes })

/** A device that shows pictures, and what is seen of them. */
function showing() {
  const { router, pictured, recorded, state } = room()
  const { context } = state
  if (context === null) throw new Error('the router opened no link')
  return { router, pictured, recorded, context }
}

t.test('the newest picture of a name can be seen, and none of it is recorded', async (t) => {
  const { router, pictured, recorded, context } = showing()
  context.picture('air', asPng(png))
  t.same(router.pictures.get('air'), { type: 'image/png', bytes: png })
  context.picture('air', { type: 'image/jpeg', bytes: jpeg })
  t.same(router.pictures.get('air'), { type: 'image/jpeg', bytes: jpeg })
  context.picture('air', { type: 'image/jpeg', bytes: Buffer.from(jpeg) })
  t.same(pictured, ['air', 'air'], 'the same bytes again are no news')
  context.picture('air', null)
  context.picture('air', null)
  t.equal(router.pictures.size, 0)
  t.same(pictured, ['air', 'air', 'air'], 'that it is gone is told once')
  t.same(recorded, [])
})

t.test('a picture is what its first bytes say, and nothing else is shown', async (t) => {
  const { router, pictured, context } = showing()
  for (const text of [
    '',
    '<html>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'GIF89a',
    '\x89PNG',
  ])
    context.picture('air', asPng(Buffer.from(text, 'latin1')))
  t.same([pictured, router.pictures.size], [[], 0])
  context.picture('air', asPng(jpeg))
  t.equal(router.pictures.get('air')?.type, 'image/jpeg', 'control: a JPEG that calls itself a PNG')
  context.picture('air', asPng(Buffer.from('<html>')))
  t.same(router.pictures.get('air')?.bytes, jpeg, 'what was shown before stays')
})

t.test('a device cannot fill the memory with pictures', async (t) => {
  const { router, context } = showing()
  const large = (size: number) => asPng(Buffer.concat([png, Buffer.alloc(size - png.length)]))
  context.picture('large', large(mostPictureBytes + 1))
  context.picture('x'.repeat(mostPictureName + 1), asPng(png))
  t.equal(router.pictures.size, 0)
  context.picture('large', large(mostPictureBytes))
  context.picture('x'.repeat(mostPictureName), asPng(png))
  t.equal(router.pictures.size, 2, 'control: at the bounds they are shown')
  for (let i = 0; i < 10_000; i++) context.picture(`camera ${i}`, asPng(png))
  t.equal(router.pictures.size, mostPictures)
  context.picture('large', asPng(jpeg))
  t.same(router.pictures.get('large')?.bytes, jpeg, 'a name that is known goes on being shown')
})

t.test('a device that is away shows nothing: an old picture would be a lie', async (t) => {
  const { router, pictured, context } = showing()
  context.changed(true, 'here')
  context.picture('air', asPng(png))
  context.picture('guest', asPng(jpeg))
  t.equal(router.pictures.size, 2, 'control')
  context.changed(false, 'gone')
  t.equal(router.pictures.size, 0)
  t.same(pictured.slice(2), ['air', 'guest'])
})
