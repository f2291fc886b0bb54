import t from 'tap'
import type { VariableView } from '../surfaces/http/automation-view.ts'
import type { DeviceView } from '../surfaces/http/device-view.ts'
import type { IntentView } from '../surfaces/http/intent-view.ts'
import type { PanelView } from '../surfaces/http/panel-view.ts'
import type { EntryView } from '../surfaces/http/record-view.ts'
import type { RunView } from '../surfaces/http/run-view.ts'
import type { StatusView } from '../surfaces/http/site-view.ts'
import type { VerdictView } from '../surfaces/http/witness-view.ts'
import type * as client from './answers.ts'

// Held by the compiler: what the server answers with is what the command line reads.
const life = (view: IntentView): client.Life => view
const device = (view: DeviceView): client.Device => view
const status = (view: StatusView): client.Status => view
const panel = (view: PanelView): client.Panel => view
const entry = (view: EntryView): client.Entry => view
const verdict = (view: VerdictView): client.Verdict => view
const run = (view: RunView): client.RunAnswer => view
const variable = (view: VariableView): client.VariableAnswer => view

void t.test('the shapes that the command line reads are those of the server', (t) => {
  for (const same of [life, device, status, panel, entry, verdict, run, variable])
    t.type(same, 'function')
  t.end()
})
