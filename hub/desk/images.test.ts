import t from 'tap'
import { openImages } from './images.ts'

const picture = (n: number) =>
  `data:image/png;base64,${Buffer.from(`picture ${n}`).toString('base64')}`

void t.test('of the pictures that are said while the hub runs 64 are kept decoded', (t) => {
  const images = openImages('infra.yaml', () => {})
  const first = images.get(picture(0))
  const second = images.get(picture(1))
  for (let n = 2; n < 64; n++) images.get(picture(n))
  t.equal(images.get(picture(0)), first, 'all are there, and this is the newest used now')
  images.get(picture(64))
  t.equal(images.get(picture(0)), first, 'it is kept')
  const again = images.get(picture(1))
  t.not(again, second, 'the longest unused is not')
  t.same(again, second, 'and is decoded again when it is wanted')
  t.end()
})
