import t from 'tap'
import { logContract } from '../log.contract.ts'
import { doubleFor, logAt } from './try.fixture.ts'

const server = process.env['KURRENTDB_URL']
t.comment(
  server === undefined
    ? 'run against the in-process double; set KURRENTDB_URL to run against a server'
    : 'run against the server of KURRENTDB_URL',
)

/** Ten thousand lines in one call take seconds where others use the machine, too. Milliseconds. */
const patienceMs = 10_000
const open = (url: string) => logAt(url, undefined, patienceMs)

if (server === undefined)
  logContract('kurrent, against the double', async (t) => open((await doubleFor(t)).url))
else logContract('kurrent, against a server', async () => open(server))
