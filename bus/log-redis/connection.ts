import { Redis } from 'ioredis'
import { LogError } from '../log.ts'
import { faultOf, isRefusal } from './fault.ts'
import {
  addressOf,
  clientOptions,
  hostPort,
  keyOf,
  type Node,
  type RedisLogOptions,
  type Servers,
} from './options.ts'

/** One connection from its beginning to its end: it is never made again under the same object. */
export interface Connection {
  readonly server: Server
  /** One command; answers come as buffers. Rejects with ioredis' own errors. */
  call(command: string, ...args: readonly (string | number | Buffer)[]): Promise<unknown>
  /** Ends it at once: whatever is under way is rejected. */
  drop(): void
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
}

/** Which process is at the other end, and which of its connections this is. */
export interface Server {
  /** Of one process: another after every restart. */
  readonly runId: string
  readonly clientId: string
  readonly address: string
}

/**
 * Connects to the server that takes writes to this site's stream.
 * @throws LogError in words that say what to do
 */
export async function connect(options: RedisLogOptions, timeoutMs: number): Promise<Connection> {
  const { servers } = options
  if (servers.type !== 'cluster') return connectTo(options, servers, timeoutMs)
  let newest: unknown = null
  for (const node of servers.nodes)
    try {
      return await connectToOwner(options, node, timeoutMs)
    } catch (error) {
      newest = error // the next node may be alive
    }
  throw faultOf(newest, addressOf(servers))
}

/** The key lives in one slot, the slot on one node: that one is all we need of a cluster. */
async function connectToOwner(
  options: RedisLogOptions,
  seed: Node,
  timeoutMs: number,
): Promise<Connection> {
  const first = await connectTo(options, { type: 'single', node: seed }, timeoutMs, true)
  let owner: Node | null
  try {
    const slot = Number(await first.call('CLUSTER', 'KEYSLOT', keyOf(options.site)))
    owner = ownerOf(slot, await first.call('CLUSTER', 'SLOTS'), seed)
  } catch (cause) {
    first.drop()
    throw faultOf(cause, hostPort(seed))
  }
  if (owner === null) {
    first.drop()
    throw new LogError(
      'io',
      `the cluster of ${hostPort(seed)} has no node for this site's slot: give it one (CLUSTER ADDSLOTSRANGE)`,
    )
  }
  if (owner.host === seed.host && owner.port === seed.port) return first
  first.drop()
  return connectTo(options, { type: 'single', node: owner }, timeoutMs)
}

/** CLUSTER SLOTS: `[start, end, [host, port, id, …], replicas …]` for each range; an empty host is the one asked. */
function ownerOf(slot: number, ranges: unknown, asked: Node): Node | null {
  if (!Array.isArray(ranges)) return null
  for (const range of ranges as readonly unknown[]) {
    if (!Array.isArray(range)) continue
    const [start, end, master] = range as readonly unknown[]
    if (Number(start) > slot || Number(end) < slot || !Array.isArray(master)) continue
    const [host, port] = master as readonly unknown[]
    const name = Buffer.isBuffer(host) ? host.toString() : ''
    return { host: name === '' || name === '?' ? asked.host : name, port: Number(port) }
  }
  return null
}

async function connectTo(
  options: RedisLogOptions,
  target: Exclude<Servers, { type: 'cluster' }>,
  timeoutMs: number,
  anyRole = false,
): Promise<Connection> {
  const client = new Redis(clientOptions(options, target, timeoutMs))
  const address = addressOf(target)
  let trouble: unknown = null
  client.on('error', (error: unknown) => (trouble = error))
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  const call = async (command: string, ...args: readonly (string | number | Buffer)[]) =>
    client.callBuffer(command, ...args)
  try {
    await client.connect()
    // our own handshake, so that each refusal comes back to us and none is only warned of
    const { username = 'default', password, db = 0 } = options
    if (password !== undefined) await call('AUTH', username, password)
    if (db !== 0) await call('SELECT', db)
    const info = infoOf(await call('INFO'))
    if (info.get('loading') === '1') throw new Error('LOADING')
    if (!anyRole && info.get('role') !== 'master') throw new Error('READONLY')
    const clientId = String(await call('CLIENT', 'ID'))
    const server = { runId: info.get('run_id') ?? '', clientId, address }
    return { server, call, ended, drop: () => client.disconnect() }
  } catch (error) {
    client.disconnect()
    // what closed it says more than that it is closed
    throw faultOf(isRefusal(error) ? error : (trouble ?? error), address)
  }
}

/** `name:value` lines, as INFO answers. */
export function infoOf(reply: unknown): ReadonlyMap<string, string> {
  const text = Buffer.isBuffer(reply) ? reply.toString() : ''
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const]
    }),
  )
}
