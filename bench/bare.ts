import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Client } from 'node-osc'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'

/** The least that carries the same commands: a library by other people or a socket, and nothing of ours. */
export interface Bare {
  /** Sends what the device is to show as `line`; resolves at the answer, or once it is handed over where there is none. */
  press(line: string): Promise<unknown>
  close(): unknown
}

export function textOf(options: JsonObject, key: string): string {
  const value = options[key]
  return typeof value === 'string' ? value : ''
}

export function portOf(options: JsonObject, key = 'port'): number {
  return Number(options[key])
}

/** One question at a time, and what comes next is its answer. */
export function inTurn() {
  let answered = () => {}
  return {
    ask: (send: () => void) =>
      new Promise<void>((resolve) => {
        answered = resolve
        send()
      }),
    answered: () => answered(),
  }
}

/** A line, and a line for an answer: those for which `isAnswer` is true. */
export async function lines(
  options: JsonObject,
  { port, ending, isAnswer }: { port: string; ending: string; isAnswer(line: string): boolean },
): Promise<Bare> {
  const socket = connect({
    host: textOf(options, 'host'),
    port: portOf(options, port),
    noDelay: true,
  })
  await once(socket, 'connect')
  const turns = inTurn()
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (isAnswer(line)) turns.answered()
  })
  return {
    press: (line) => turns.ask(() => socket.write(`${line}${ending}`)),
    close: () => socket.destroy(),
  }
}

/** Datagrams, answered in order where they are answered. */
export async function datagrams(options: JsonObject, isAnswered: boolean): Promise<Bare> {
  const socket = createSocket('udp4')
  socket.connect(portOf(options), textOf(options, 'host'))
  await once(socket, 'connect')
  const turns = inTurn()
  socket.on('message', () => turns.answered())
  return {
    press: (line) =>
      isAnswered
        ? turns.ask(() => socket.send(line))
        : new Promise((resolve) => socket.send(line, resolve)),
    close: () => socket.close(),
  }
}

/** `/address 1 "text"`: numbers and texts in JSON. */
export function osc(options: JsonObject): Bare {
  const client = new Client(textOf(options, 'host'), portOf(options))
  return {
    press(line) {
      const [address = '', ...words] = line.split(' ')
      const values = words.map((word) => JSON.parse(word) as string | number) // our own samples' text
      return Promise.resolve(client.send([address, ...values]))
    },
    close: () => client.close(),
  }
}

/** The same program, started by Node itself. */
export function script(options: JsonObject): Bare {
  const cue = valueAt(options, ['programs', 'cue'])
  const program = isObject(cue) ? cue : {}
  const { args, env } = program
  const [host = '', port = ''] = args instanceof Array ? args.map(String) : []
  const own = isObject(env) ? { SECRET: textOf(env, 'SECRET') } : {}
  return {
    async press(line) {
      const { PATH } = process.env
      const child = spawn(textOf(program, 'path'), [host, port, ...line.split(' ')], {
        env: { ...own, PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      await once(child, 'close')
    },
    close() {},
  }
}

function valueAt(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((at, key) => (isObject(at) ? (at[key] ?? null) : null), value)
}
