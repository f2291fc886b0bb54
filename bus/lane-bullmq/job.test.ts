import t from 'tap'
import { aJob } from '../lane.contract.ts'
import { jobOf, resultOf } from './job.ts'

void t.test('a result that is none tells nothing of how far the job got', async (t) => {
  const good = { code: 'refused', reached: 'yes', detail: 'no' }
  t.same(resultOf({ type: 'failed', failure: good }), { type: 'failed', failure: good }, 'control')
  t.same(
    resultOf({ type: 'delivered', ack: 'sent' }),
    { type: 'delivered', ack: 'sent' },
    'control',
  )
  const bad: unknown[] = [
    null,
    undefined,
    'ok',
    [],
    {},
    { type: 'delivered', ack: 'maybe' },
    { type: 'failed' },
    { type: 'failed', failure: { ...good, code: 'bad-luck' } },
    { type: 'failed', failure: { ...good, reached: 'far' } },
    { type: 'failed', failure: { ...good, detail: { not: 'text' } } },
  ]
  for (const value of bad)
    t.match(
      resultOf(value),
      { type: 'failed', failure: { reached: 'maybe' } },
      JSON.stringify(value),
    )
})

void t.test('a job that another version wrote is not taken for one', async (t) => {
  const job = aJob(1)
  t.equal(jobOf(job), job, 'control')
  for (const key of Object.keys(job)) {
    const { [key as keyof typeof job]: _, ...rest } = job
    void _
    t.equal(jobOf(rest), null, `without ${key}`)
  }
  t.equal(jobOf('job'), null)
})
