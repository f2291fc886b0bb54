import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { jsonBody, newValue } from './request.ts'
import { routeOf } from './route.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: "requests of Companion's clients",
    seeds: [
      '/api/location/1/0/2/press',
      '/api/location/1/0/2/step?step=2',
      '/api/custom-variable/cue/value?value=%2f',
      '/api/variable/desk/%2Fa/value',
      '{"a":[1,2,{"b":null}]}',
    ],
    open() {
      const host = new RecordingHost()
      const variables = { cue: { device: 'desk', path: '/cue' } }
      return (bytes) => {
        const [path = '', search = ''] = bytes.toString().split('?')
        const query = new URLSearchParams(search)
        for (const method of ['GET', 'POST'])
          for (const type of [undefined, 'application/json']) {
            const value = () => newValue(query, type, bytes)
            const body = () => jsonBody(type, bytes)
            routeOf({ method, path, query, value, body }, host, variables, true)
          }
      }
    },
  },
]
