import { canonical } from '../witness/canonical.ts'
import { type Json, sayable } from '../intents/json.ts'
import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { hookOf } from './http/hook.ts'
import { challengeOf, nextNonce } from './http/digest.ts'
import { messageOf } from './obs/protocol.ts'
import { messagesOf, responseIn } from './ha/message.ts'
import { isEnabled, plain, valueOf } from './companion/reading.ts'
import { reportPacket } from './osc/report.ts'
import { reports, type ReportOptions } from './report-rule.ts'
import { type Said, saidText } from './said.ts'
import { activator, tally } from './vmix/pushed.ts'
import { createReader } from './vmix/protocol.ts'
import { parseState } from './vmix/state.ts'

// What devices and services say. Whatever it is, what is reported of it can be recorded.

/** As a report is recorded. */
function record(path: string, value: Json): void {
  canonical([path.toWellFormed(), sayable(value)])
}

const rules: readonly ReportOptions[] = [
  { at: 'a', path: 'a' },
  { at: 'inputs.*.name', path: 'input/{1}' },
  { at: 'state.input.*.@key', path: 'key/{1}', as: 'number' },
  { pattern: '^VOL (?<level>\\d+)$', path: 'volume', as: 'number' },
  { at: 'a', when: { at: 'b', equals: 1 }, path: 'both', value: ['{value}', { is: true }] },
]

function report(said: Said): void {
  const compiled = reports(rules)
  if (!compiled.ok) throw new Error(compiled.detail)
  compiled.report(said, record)
}

const said = [
  'VOL 50',
  '{"a":{"b":[1,2,{"c":null}]},"b":1}',
  '{"a":' + '['.repeat(40),
  '{"inputs":[{"name":"Cam 1"},{"name":"ü"}]}',
  '<state><input key="7">Cam &amp; 1</input></state>',
  '<a>'.repeat(20),
]

const hook = hookOf({ secret: 'right', reports: [] }, report)

/** One read of a TCP connection to vMix, in any pieces; a connection ends at a fault. */
function vmix(): (bytes: Buffer) => void {
  let read = createReader()
  return (bytes) => {
    const found = read(bytes)
    if (!found.ok) {
      read = createReader()
      return
    }
    for (const { command, text, data } of found.messages.map((one) => ({ data: '', ...one }))) {
      for (const [path, value] of tally(text, 8).changes) record(path, value)
      for (const [path, value] of activator(text).changes) record(path, value)
      if (command !== 'XML') continue
      const state = parseState(data)
      if (state.ok) for (const [path, value] of state.snapshot.values) record(path, value)
    }
  }
}

const xml =
  '<vmix><version>27.0</version><inputs><input key="a" number="1" title="Cam">Cam</input></inputs></vmix>'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'what devices say: text, JSON, XML',
    seeds: said,
    open: () => (bytes) => report(saidText(bytes.toString())),
  },
  {
    name: 'webhooks of devices',
    seeds: [...said, 'a=1&inputs=%7B&b=%ff'],
    open: () => (bytes) => {
      for (const type of ['', 'application/json', 'text/xml', 'application/x-www-form-urlencoded'])
        for (const secret of ['right', bytes.toString()])
          hook({ secret, type, query: bytes.toString('latin1'), body: bytes })
    },
  },
  {
    name: 'Digest challenges of HTTP devices',
    seeds: [
      'Digest realm="a", nonce="b", qop="auth,auth-int", algorithm=SHA-256, opaque="c"',
      'Basic realm="x", Digest realm="a, b", nonce="\\"", stale=TRUE, userhash=true',
      'nextnonce="abc", qop=auth',
    ],
    open: () => (bytes) => {
      challengeOf(bytes.toString('latin1'))
      nextNonce(bytes.toString('latin1'))
    },
  },
  {
    name: 'messages of OBS',
    seeds: [
      '{"op":0,"d":{"obsWebSocketVersion":"5.5.0","authentication":{"challenge":"a","salt":"b"}}}',
      '{"op":5,"d":{"eventType":"SceneChanged","eventData":{"sceneName":"A"}}}',
      '{"op":7,"d":{"requestType":"a","requestId":"1","requestStatus":{"result":true,"code":100}}}',
      `{"op":5,"d":{"eventType":"x","eventData":{"a":${'['.repeat(32)}`,
    ],
    open: () => (bytes) => {
      const message = messageOf(bytes.toString())
      if (message?.type === 'event') record(message.name, message.data)
    },
  },
  {
    name: 'messages of Home Assistant',
    seeds: [
      '{"id":3,"type":"event","event":{"a":{"light.desk":{"s":"on","a":{"brightness":1}}}}}',
      '[{"id":4,"type":"result","success":true,"result":{"response":{"x":1}}},{"type":"auth_ok","ha_version":"2024.5.1"}]',
      '{"id":5,"type":"result","success":false,"error":{"code":"x","message":{"a":[]}}}',
      `{"id":6,"type":"result","success":true,"result":${'['.repeat(32)}`,
    ],
    open: () => (bytes) => {
      for (const message of messagesOf(bytes.toString()) ?? []) {
        if (message.type === 'event') record('event', message.event)
        if (message.type === 'result') record('response', responseIn(message.result))
      }
    },
  },
  {
    name: 'answers of Companion',
    seeds: ['{"enabled":true}', '"text"', '12.50', '['.repeat(40)],
    open: () => (bytes) => {
      for (const contentType of ['text/plain', 'application/json']) {
        const value = valueOf({
          type: 'answer',
          status: 200,
          app: '',
          contentType,
          text: bytes.toString(),
        })
        if (value === undefined) continue
        isEnabled(value)
        record('value', plain(value))
      }
    },
  },
  {
    name: 'replies of vMix',
    seeds: [
      'VERSION OK 27.0.0.49\r\nTALLY OK 0121\r\nACTS OK InputPlaying 1 1\r\n',
      `XML ${xml.length + 2}\r\n${xml}\r\n`,
      'FUNCTION ER No such function\r\n',
    ],
    open: vmix,
  },
  {
    name: 'the state of vMix',
    seeds: [
      xml,
      '<vmix>'.repeat(12),
      '<vmix><audio><master volume="50" muted="False"/></audio></vmix>',
    ],
    open: () => (bytes) => {
      const state = parseState(bytes.toString())
      if (state.ok) for (const [path, value] of state.snapshot.values) record(path, value)
    },
  },
  {
    name: 'OSC that devices report',
    seeds: [
      Buffer.from('2f6100002c6600003f000000', 'hex'),
      Buffer.from('#bundle\0\0\0\0\0\0\0\0\x01'),
    ],
    open: () => (bytes) => reportPacket(bytes, record),
  },
]
