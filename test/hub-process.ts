import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { readEvents } from '../cli/event-stream.ts'
import { endOf } from '../intents/end.ts'
import type { BusEvent } from '../intents/event.ts'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { either } from '../wire/either.ts'
import { programOf } from './program.ts'

// A whole hub as a process of its own, through the command that people use.

const cli = fileURLToPath(new URL('../cli/infra.ts', import.meta.url))
/** Half a minute: a start takes about a second, also where two cores serve everybody. */
const withinMs = 30_000

/** A folder with a config and a data folder, in which hubs are started one after another. */
export interface Room {
  readonly folder: string
  readonly file: string
  readonly data: string
  /** Writes another config. */
  configure(config: string): void
  /** Starts the hub and waits for its `ready` line. */
  start(options?: StartOptions): Promise<HubProcess>
}

export interface StartOptions {
  /** A module of test/fixtures that is loaded before the hub. */
  readonly preload?: string
  readonly env?: Readonly<Record<string, string>>
  /** With the simulated devices of the config. */
  readonly demo?: boolean
}

/** What a process said, and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Answer {
  readonly status: number
  readonly body: JsonObject
}

export interface HubProcess {
  readonly url: string
  readonly pid: number
  /** The port of a surface of the config. */
  port(surface: string): Promise<number>
  get(path: string): Promise<Answer>
  /** Sends a JSON body, or with `raw` any other. */
  post(path: string, body?: JsonObject, raw?: string | Uint8Array): Promise<Answer>
  /** Submits an intent; `more` are the other members of the body. */
  submit(intent: JsonObject, more?: JsonObject): Promise<Answer>
  /** The first entry that fits, from the start of the journal on or after a position. */
  entry(fits: (event: BusEvent) => boolean, after?: string): Promise<BusEvent>
  /** Waits until an intent has ended and gives its outcome. */
  outcome(id: string): Promise<string>
  /** Waits until nothing is open. */
  quiet(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Ends it by a signal and waits for its end. */
  end(signal?: NodeJS.Signals): Promise<Ended>
  /** Waits for its end. */
  ended(): Promise<Ended>
}

export function newRoom(t: Test, config: string, data?: string): Room {
  const folder = mkdtempSync(join(tmpdir(), 'hub-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const room = { folder, file: join(folder, 'infra.yaml'), data: data ?? join(folder, 'data') }
  writeFileSync(room.file, config)
  return {
    ...room,
    configure: (text) => writeFileSync(room.file, text),
    start: (options) => startHub(t, room, options),
  }
}

/** Runs a command of `infra` to its end. */
export function infra(t: Test, words: readonly string[], options: StartOptions = {}) {
  return watch(run(t, words, options)).ended
}

/** A preload patches the sources, so then they are what runs. */
function run(t: Test, words: readonly string[], { preload, env }: StartOptions): ChildProcess {
  const program =
    preload === undefined
      ? programOf('cli/infra')
      : [
          ...process.execArgv,
          '--import',
          new URL(`fixtures/${preload}`, import.meta.url).pathname,
          cli,
        ]
  const child = spawn(process.execPath, [...program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, NO_COLOR: '1' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

interface Watched {
  readonly ended: Promise<Ended>
  /** The first line that begins like this; rejects where the process ends or half a minute passes before. */
  line(start: string): Promise<string>
}

function watch(child: ChildProcess): Watched {
  let out = ''
  let err = ''
  if (child.stdout === null || child.stderr === null) throw new Error('started without pipes')
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => (out += `${line}\n`))
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(
    ([code, signal]) => ({ code, signal, out, err }),
  )
  return {
    ended,
    line: (start) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`no line "${start}" in ${withinMs} ms: ${out}${err}`))
        const timer = setTimeout(late, withinMs)
        lines.on('line', (line) => {
          if (!line.startsWith(start)) return
          clearTimeout(timer)
          resolve(line)
        })
        void ended.then(({ code, signal }) => {
          clearTimeout(timer)
          reject(new Error(`ended (${code ?? signal}) before "${start}": ${out}${err}`))
        })
      }),
  }
}

async function startHub(
  t: Test,
  { file, data }: Pick<Room, 'file' | 'data'>,
  options: StartOptions = {},
): Promise<HubProcess> {
  const child = run(
    t,
    ['up', '--config', file, '--data', data, ...(options.demo ? ['--demo'] : [])],
    options,
  )
  const { ended, line } = watch(child)
  const url = (await line('ready ')).split(/ +/)[1] ?? ''
  const ask = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(withinMs), ...init })
    const text = await response.text()
    const body: Json = text === '' ? {} : (JSON.parse(text) as Json)
    return { status: response.status, body: isObject(body) ? body : { items: body } }
  }
  const hub: HubProcess = {
    url,
    pid: child.pid ?? 0,
    async port(surface) {
      const { body } = await ask('/api/v1/surfaces')
      const found = list(body['surfaces'] ?? body['items']).find(({ name }) => name === surface)
      return Number(String(found?.['address']).split(':').at(-1))
    },
    get: (path) => ask(path),
    post: (path, body, raw) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: raw ?? JSON.stringify(body ?? {}),
      }),
    submit: (intent, more) => hub.post('/api/v1/intents', { ...more, intent }),
    async entry(fits, after = 'start') {
      const enough = new AbortController()
      const { signal, done } = either([enough.signal], withinMs)
      const { body } = await fetch(`${url}/api/v1/events?after=${after}`, { signal })
      if (body === null) throw new Error('the journal has no body')
      try {
        for await (const { data } of readEvents(body)) {
          const { event } = JSON.parse(data) as { readonly event: BusEvent }
          if (fits(event)) return event
        }
      } finally {
        enough.abort()
        done()
      }
      throw new Error('the journal ended')
    },
    async outcome(id) {
      const path = `/api/v1/intents/${id}`
      const { body } = await ask(path)
      const told = outcomeOf(body)
      if (told !== null) return told
      await hub.entry((event) => endOf(event)?.intent === id, String(body['position']))
      return outcomeOf((await ask(path)).body) ?? 'none'
    },
    async quiet() {
      for (;;) {
        const { body } = await ask('/api/v1/intents?outcome=open&limit=1')
        const [open] = list(body['intents'])
        if (open === undefined) return
        await hub.outcome(String(open['id']))
      }
    },
    signal: (signal) => void child.kill(signal),
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
    ended: () => ended,
  }
  return hub
}

function outcomeOf({ outcome }: JsonObject): string | null {
  return isObject(outcome) ? String(outcome['type']) : null
}

/** The objects of a JSON list. */
export function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : []
}
