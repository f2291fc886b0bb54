import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { png } from '../test/fixtures/pictures.ts'
import { json, problem, run, standIn } from './stand-in.contract.ts'

const control = (col: number, text: string, picture: object | null) => ({
  ...{ page: 1, row: 0, col },
  face: { text, picture },
})
const panel = {
  pages: [
    {
      controls: [
        control(0, 'AIR', { device: 'obs', name: 'air', state: 'live', tag: 'x', detail: '' }),
        control(1, 'DOOR', {
          ...{ device: 'house', name: 'door', state: 'elsewhere', tag: null },
          detail: 'house door: the hub hub-b acts for it: ask there\u001b[2J',
        }),
        control(2, 'CUT', null),
      ],
    },
  ],
}

t.test('the controls that show pictures are listed, with why one shows none', async (t) => {
  const hub = await standIn((_, response) => json(response, panel))
  t.teardown(() => hub.close())
  const all = await run(hub.url, ['picture'])
  t.match(all, { code: 0, err: '' })
  t.match(all.out, /1\/0\/0 +AIR +obs\/air +live\n/)
  t.match(all.out, /1\/0\/1 +DOOR +house\/door +house door: the hub hub-b acts .*\\x1b\[2J\n/)
  t.notMatch(all.out, /CUT/)
  t.match(await run(hub.url, ['picture', '1/0/1', '--json']), { code: 1, out: /"elsewhere"/ })
  const none = await run(hub.url, ['picture', '1/0/2'])
  t.match(none, { code: 1, out: 'no device shows a picture at 1/0/2\n' })
  t.match(await run(hub.url, ['picture', '--out', 'a.png']), { code: 2 })
})

t.test('a picture becomes a new file, and nothing is written over', async (t) => {
  const hub = await standIn(({ url }, response) =>
    url === '/api/v1/controls/1/0/0/picture'
      ? void response.writeHead(200, { 'content-type': 'image/png' }).end(png)
      : problem(response, 503, { code: 'device-elsewhere', detail: 'house door: ask hub-b' }),
  )
  const folder = mkdtempSync(join(tmpdir(), 'infra-picture-'))
  t.teardown(async () => {
    await hub.close()
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'air.png')
  const saved = await run(hub.url, ['picture', '1/0/0', '--out', file])
  t.match(saved, { code: 0, out: `saved  ${file}  image/png, ${png.length} bytes\n` })
  t.same(readFileSync(file), png)
  const again = await run(hub.url, ['picture', '1/0/0', '--out', file])
  t.match(again, { code: 1, err: /nothing is written over it/ })
  const other = await run(hub.url, ['picture', '1/0/1', '--out', join(folder, 'b.png')])
  t.match(other, { code: 1, err: /ask hub-b/ })
})
