import t from 'tap'
import { createReader, maxDataBytes, maxLineBytes, type Message } from './protocol.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')

/** Everything a stream says when it comes in pieces of `size` bytes. */
function readIn(size: number, stream: Buffer): readonly Message[] {
  const read = createReader()
  const messages: Message[] = []
  for (let at = 0; at < stream.length; at += size) {
    const result = read(stream.subarray(at, at + size))
    if (!result.ok) throw new Error(result.detail)
    messages.push(...result.messages)
  }
  return messages
}

// the lines of vMix's help page "TCP API", byte for byte
const documented =
  'VERSION OK 27.0.0.81\r\n' +
  'SUBSCRIBE OK TALLY Subscribed\r\n' +
  'TALLY OK 0121\r\n' +
  'FUNCTION OK PreviewInput\r\n' +
  'FUNCTION OK Completed\r\n' +
  'FUNCTION ER Error message\r\n' +
  'ACTS OK Input 1 1\r\n' +
  'XML 39\r\n<vmix><version>x.x.x.x</version></vmix>' +
  'MYCOMMAND 30 A message beside the data\r\nThis is optional binary data\r\n' +
  'QUIT ER\r\n'

const said = [
  { command: 'VERSION', status: 'OK', text: '27.0.0.81' },
  { command: 'SUBSCRIBE', status: 'OK', text: 'TALLY Subscribed' },
  { command: 'TALLY', status: 'OK', text: '0121' },
  { command: 'FUNCTION', status: 'OK', text: 'PreviewInput' },
  { command: 'FUNCTION', status: 'OK', text: 'Completed' },
  { command: 'FUNCTION', status: 'ER', text: 'Error message' },
  { command: 'ACTS', status: 'OK', text: 'Input 1 1' },
  { command: 'XML', status: 'data', text: '', data: '<vmix><version>x.x.x.x</version></vmix>' },
  {
    command: 'MYCOMMAND',
    status: 'data',
    text: 'A message beside the data',
    data: 'This is optional binary data\r\n',
  },
  { command: 'QUIT', status: 'ER', text: '' },
]

t.test(
  'every line that the vendor documents is understood, however the network cuts it',
  async (t) => {
    const stream = bytes(documented)
    for (const size of [1, 2, 3, 7, 64, stream.length])
      t.same(readIn(size, stream), said, `in ${size}s`)
  },
)

t.test('a length counts bytes, not letters, and the line end of the data', async (t) => {
  const data = '<vmix>Zürich 🎬</vmix>\r\n'
  t.equal(Buffer.byteLength(data), data.length + 3, 'the control: bytes and letters differ here')
  const stream = bytes(`XML ${Buffer.byteLength(data)}\r\n${data}TALLY OK 1\r\n`)
  for (const size of [1, 5, stream.length])
    t.same(readIn(size, stream), [
      { command: 'XML', status: 'data', text: '', data },
      { command: 'TALLY', status: 'OK', text: '1' },
    ])
})

t.test(
  'a length that left out the line end of its data does not put the stream out of step',
  async (t) => {
    t.same(readIn(4, bytes('XML 13\r\n<vmix></vmix>\r\nTALLY OK 0\r\n')), [
      { command: 'XML', status: 'data', text: '', data: '<vmix></vmix>' },
      { command: 'TALLY', status: 'OK', text: '0' },
    ])
  },
)

t.test('another program on the port is told from vMix at its first bytes', async (t) => {
  for (const garbage of [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '220 mail.example ESMTP\r\n',
    'FUNCTION MAYBE\r\n',
    'hello\r\n',
    '\u0016\u0003\u0001',
  ]) {
    const result = createReader()(bytes(garbage))
    t.match(result, { ok: false, fault: 'not-vmix' }, JSON.stringify(garbage))
    if (!result.ok) t.notMatch(result.detail, /[^ -~…]/, 'and its detail is one plain line')
  }
  t.match(createReader()(bytes('FUNCTION OK\r\n')), { ok: true }, 'the control: vMix itself')
})

t.test('nothing larger than its bound is kept', async (t) => {
  t.match(createReader()(Buffer.alloc(maxLineBytes + 2, 'A')), { fault: 'line-too-long' })
  t.match(createReader()(bytes(`XML ${maxDataBytes + 1}\r\n`)), { fault: 'data-too-long' })
  t.match(
    createReader()(bytes(`TALLY OK ${'0'.repeat(1000)}\r\n`)),
    { ok: true },
    'the longest tally',
  )
  t.match(
    createReader()(bytes(`XML ${maxDataBytes}\r\n`)),
    { ok: true },
    'the control: the largest state',
  )
})

t.test('after nonsense nothing more is believed', async (t) => {
  const read = createReader()
  t.match(read(bytes('nonsense\r\n')), { ok: false })
  t.match(read(bytes('FUNCTION OK Completed\r\n')), { ok: false, fault: 'not-vmix' })
})
