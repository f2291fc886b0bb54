import t from 'tap'
import { logContract } from '../log.contract.ts'
import { doubleFor, logAt } from './try.fixture.ts'

const server = process.env['KURRENTDB_URL']
t.comment(
  server === undefined
    ? 'run against the in-process double; set KURRENTDB_URL to run against a server'
    : 'run against the server of KURRENTDB_URL',
)

if (server === undefined)
  logContract('kurrent, against the double', async (t) => logAt((await doubleFor(t)).url))
else logContract('kurrent, against a server', async () => logAt(server))
