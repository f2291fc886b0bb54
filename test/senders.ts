import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'
import type { PlainArg } from '../wire/osc-arg.ts'
import { toOscArgs } from '../wire/osc-arg.ts'
import { encode } from '../wire/osc-encode.ts'

// Ways into a hub, as other people's programs use them.

/** Sends OSC over UDP to a port; never hears an answer. */
export async function oscSender(
  t: Test,
  port: number,
): Promise<(address: string, ...values: readonly PlainArg[]) => Promise<void>> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return (address, ...values) => {
    const made = toOscArgs(values)
    if (!made.ok) throw new RangeError(made.detail)
    const bytes = encode(address, made.args)
    return new Promise((resolve, reject) =>
      socket.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    )
  }
}

/** Lines over TCP: what was answered, in order, until the connection ended. */
export interface LineClient {
  write(line: string): void
  /** Waits for so many answers, or for the end of the connection. */
  answers(count: number): Promise<readonly string[]>
}

export async function lineClient(t: Test, port: number): Promise<LineClient> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  t.teardown(() => socket.destroy())
  const answers: string[] = []
  const waiting = new Set<() => void>()
  let over = false
  const changed = () => {
    for (const look of waiting) look()
  }
  // a hub that is killed resets its connections: then there are no more answers
  socket.on('error', () => socket.destroy())
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    answers.push(...lines)
    changed()
  })
  socket.on('close', () => {
    over = true
    changed()
  })
  return {
    write: (line) => void socket.write(`${line}\n`),
    answers: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (answers.length < count && !over) return
          waiting.delete(look)
          resolve(answers)
        }
        waiting.add(look)
        look()
      }),
  }
}
