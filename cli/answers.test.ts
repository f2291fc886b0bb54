import t from 'tap'
import type * as server from '../surfaces/http/console.ts'
import type { VariableView } from '../surfaces/http/automation-view.ts'
import type { RunView } from '../surfaces/http/run-view.ts'
import type * as client from './answers.ts'

// Held by the compiler: what the server answers with is what the command line reads.
const life = (view: server.IntentView): client.Life => view
const device = (view: server.DeviceView): client.Device => view
const status = (view: server.StatusView): client.Status => view
const panel = (view: server.PanelView): client.Panel => view
const entry = (view: server.EntryView): client.Entry => view
const verdict = (view: server.VerdictView): client.Verdict => view
const run = (view: RunView): client.RunAnswer => view
const variable = (view: VariableView): client.VariableAnswer => view

void t.test('the shapes that the command line reads are those of the server', (t) => {
  for (const same of [life, device, status, panel, entry, verdict, run, variable])
    t.type(same, 'function')
  t.end()
})
