import fc from 'fast-check'
import t from 'tap'
import { indexOfPath, pathOfIndex, widthOf } from './tile.ts'

void t.test('paths of tiles as the C2SP document has them', async (t) => {
  t.equal(pathOfIndex(1_234_067), 'x001/x234/067')
  t.equal(pathOfIndex(0), '000')
  t.equal(pathOfIndex(999), '999')
  t.equal(pathOfIndex(1000), 'x001/000')
  fc.assert(fc.property(fc.maxSafeNat(), (index) => indexOfPath(pathOfIndex(index)) === index))
  for (const bad of ['', '1', 'x001', 'x000/001', '001/002', '../000', '000/', 'x001/x000/0a0'])
    t.equal(indexOfPath(bad), null, bad)
})

void t.test('the tiles of a tree of 70,000 leaves as the C2SP document counts them', async (t) => {
  t.equal(widthOf(0, 272, 70_000), 256)
  t.equal(widthOf(0, 273, 70_000), 112)
  t.equal(widthOf(0, 274, 70_000), 0)
  t.equal(widthOf(1, 0, 70_000), 256)
  t.equal(widthOf(1, 1, 70_000), 17)
  t.equal(widthOf(2, 0, 70_000), 1)
  t.same([widthOf(0, 0, 256), widthOf(1, 0, 256)], [256, 1])
})
