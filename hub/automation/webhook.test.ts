import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configFrom, newData, parts } from '../core.contract.ts'
import { openHub } from '../hub.ts'

const text = `
site: s
hub: hub-a
http: { port: 0 }
witness: { seal: false }
macros:
  alarm: { onFailure: stop, steps: [{ wait: 1ms }] }
triggers:
  door: { on: { webhook: bell }, run: alarm, args: { who: { expr: trigger.value.who } } }
`

void t.test(
  'a webhook that a trigger listens to starts its macro, and any other is not there',
  async (t) => {
    const data = newData(t)
    const file = join(data, 'infra.yaml')
    writeFileSync(file, text)
    const hub = await openHub({ parts, config: configFrom(text), data, file, version: 'test' })
    t.teardown(() => hub.close('the test is over'))
    const post = (name: string, body?: object) =>
      fetch(`${hub.address}/api/v1/webhooks/${name}`, {
        method: 'POST',
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    const nobody = await post('nobody')
    t.match([nobody.status, await nobody.json()], [404, { code: 'unknown-webhook' }])
    const runs = () => [...hub.core.room.runs.state.runs.values()]
    const started = new Promise<void>((resolve) => {
      hub.core.journal.recorder.onCommit(() => void (runs().length > 0 && resolve()))
    })
    const rung = await post('bell', { who: 'anna' })
    t.match([rung.status, await rung.json()], [202, { position: /^\d+$/ }])
    await started
    t.match(runs(), [
      { macro: 'alarm', args: { who: 'anna' }, startedBy: { type: 'trigger', id: 'door' } },
    ])
    t.equal((await post('bell')).status, 202, 'without a body, too')
  },
)
