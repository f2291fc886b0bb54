import t from 'tap'
import { opened, post } from './open.contract.ts'

const id = '01a1ff29-4262-7000-ae34-915ec5c554a8'

void t.test(
  'corrections, legal holds and redactions are taken, and say where they are recorded',
  async (t) => {
    const { url } = await opened(t)
    const witness = `${url}/api/v1/witness`
    for (const [path, body] of [
      ['corrections', { intent: id, text: 'cue 12 was meant', operator: 'ines' }],
      ['corrections', { position: '7', text: 'by hand' }],
      ['legal-holds', { name: 'case-7', from: '2026-11-20', to: '1795278400850', reason: 'claim' }],
      ['legal-holds/case-7/release', { writtenRelease: 'letter of the 3rd' }],
      ['redactions', { intent: id, reason: 'asked for' }],
    ] as const) {
      const response = await post(`${witness}/${path}`, body)
      t.equal(response.status, 201, path)
      t.match(await response.json(), { position: /^\d+$/ })
    }
    const list = await fetch(`${witness}/legal-holds`)
    t.match(await list.json(), {
      holds: [
        { name: 'case-7', from: Date.parse('2026-11-20'), to: 1_795_278_400_850, reason: 'claim' },
      ],
    })
  },
)

void t.test(
  'what is wrong with them is said with its field, and the refusals of the hub with their status',
  async (t) => {
    const { url } = await opened(t)
    const hold = { name: 'case-7', reason: 'claim' }
    await post(`${url}/api/v1/witness/legal-holds`, hold)
    for (const [path, body, status, code, field] of [
      ['corrections', { text: 'x' }, 422, 'bad-argument', 'intent'],
      ['corrections', { intent: id, position: '7', text: 'x' }, 422, 'bad-argument', 'intent'],
      ['corrections', { intent: 'x'.repeat(36), text: 'x' }, 422, 'bad-argument', 'intent'],
      ['corrections', { intent: id, text: ' ' }, 422, 'bad-argument', 'text'],
      ['corrections', { intent: id }, 422, 'bad-argument', 'text'],
      ['corrections', { position: 'nowhere', text: 'x' }, 404, 'unknown-position', 'position'],
      ['legal-holds', { ...hold, name: 'two words' }, 422, 'bad-argument', 'name'],
      ['legal-holds', { ...hold, name: 'b', from: 'yesterday' }, 422, 'bad-argument', 'from'],
      ['legal-holds', hold, 409, 'hold-exists', 'name'],
      ['legal-holds/case-9/release', { writtenRelease: 'x' }, 404, 'unknown-legal-hold', 'name'],
      ['legal-holds/case-7/release', {}, 422, 'bad-argument', 'writtenRelease'],
      ['redactions', { position: 'busy', reason: 'x' }, 422, 'still-open', 'position'],
      ['redactions', { intent: id }, 422, 'bad-argument', 'reason'],
    ] as const) {
      const response = await post(`${url}/api/v1/witness/${path}`, body)
      t.match(await response.json(), { status, code, field }, JSON.stringify(body))
      t.equal(response.status, status)
    }
  },
)
