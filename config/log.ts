import { Type, type Static } from 'typebox'
import { duration } from './duration.ts'

/** 16 MiB: a segment is read in well under a second, and a year of presses is some hundred files. */
const segmentBytes = 16 * 1024 * 1024

const closed = { additionalProperties: false } as const
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))
const secret = 'A reference such as ${env:NAME} or ${file:/path} keeps it out of this file.'

const nodeText = Type.String({
  pattern: '^([^\\s:@/]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$',
  description: 'host:port.',
  'x-expected': 'host:port',
})
const nodes = (description: string) =>
  Type.Array(nodeText, { minItems: 1, maxItems: 100, description })

const fileForm = Type.Object(
  {
    engine: Type.Literal('file', { default: 'file', description: 'Files of this hub: no server.' }),
    segmentBytes: Type.Integer({
      minimum: 4096,
      maximum: 1024 * 1024 * 1024,
      default: segmentBytes,
      description: 'When the log starts a new file, bytes.',
    }),
  },
  closed,
)

const redisForm = Type.Object(
  {
    engine: Type.Literal('redis', { description: 'A Redis stream, shared by the hubs of a site.' }),
    url: Type.Optional(
      Type.String({
        pattern: '^rediss?://[^@/\\s]+(/[0-9]{1,3})?$',
        description:
          'One server: redis://host:port/db, or rediss:// for TLS. Name and password have keys of their own.',
        'x-expected': 'redis://host:port or rediss://host:port, without name and password',
      }),
    ),
    sentinel: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, description: 'What the sentinels call the master.' }),
          nodes: nodes('The sentinels, host:port.'),
          username: text('A name for the sentinels.'),
          password: text(`Their password. ${secret}`),
          tls: Type.Boolean({ default: false, description: 'Speak to the sentinels by TLS, too.' }),
        },
        { ...closed, description: 'In place of url: ask sentinels who the master is.' },
      ),
    ),
    cluster: Type.Optional(nodes('In place of url: some nodes of a Redis Cluster, host:port.')),
    username: text('The ACL user; without it the default user.'),
    password: text(`Its password. ${secret}`),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: text('The authority that signed the server’s certificate, a PEM file.'),
          certFile: text('This hub’s own certificate, a PEM file.'),
          keyFile: text('Its private key, a PEM file.'),
        },
        { ...closed, description: 'Speak TLS; {} with the machine’s own authorities.' },
      ),
    ),
    commandTimeout: duration(
      'After so long without an answer the server counts as gone.',
      '2s',
      50,
      60_000,
    ),
    openWithin: duration('How long a starting hub waits for the server.', '5s', 0, 600_000),
    leaseTtl: duration(
      'How long a hub that gives no sign of life keeps its devices; the same on every hub of a site.',
      '2500ms',
      300,
      60_000,
    ),
    whenUnavailable: Type.Union(
      [
        Type.Literal('refuse', { description: 'Nothing is done that cannot be recorded there.' }),
        Type.Literal('act-and-record-later', {
          description: 'Record on this machine, act, and bring it there when it is back.',
        }),
      ],
      {
        default: 'refuse',
        description:
          'What becomes of intents while the server is away. The second gives up that only one hub acts for a device: see docs/operations.md.',
      },
    ),
  },
  closed,
)

const kurrentForm = Type.Object(
  {
    engine: Type.Literal('kurrent', {
      description: 'A stream of EventStoreDB or KurrentDB. One hub of a site only.',
    }),
    url: Type.String({
      pattern: '^(esdb|kurrent|kurrentdb)(\\+discover)?://[^@/\\s?]+/?(\\?[^\\s]*)?$',
      description:
        'esdb://host:2113, without TLS esdb://host:2113?tls=false. Name and password have keys of their own.',
      'x-expected': 'esdb://host:port or esdb://host:port?tls=false, without name and password',
    }),
    username: text('The user on that server; without it nobody is named.'),
    password: text(`Its password. ${secret}`),
  },
  closed,
)

export const logForm = Type.Union([fileForm, redisForm, kurrentForm], {
  default: {},
  description: 'Where everything is recorded.',
})

/** As the hub uses it; secrets are still references. */
export type LogConfig =
  { readonly engine: 'file'; readonly segmentBytes: number } | RedisLogConfig | KurrentLogConfig

export interface KurrentLogConfig {
  readonly engine: 'kurrent'
  readonly url: string
  readonly username: string | null
  readonly password: string | null
}

export interface RedisLogConfig {
  readonly engine: 'redis'
  readonly servers: RedisServersConfig
  readonly username: string | null
  readonly password: string | null
  readonly tls: RedisTlsConfig | null
  readonly commandTimeoutMs: number
  readonly openWithinMs: number
  readonly leaseTtlMs: number
  readonly whenUnavailable: 'refuse' | 'act-and-record-later'
}

/** Paths of PEM files. */
export interface RedisTlsConfig {
  readonly caFile: string | null
  readonly certFile: string | null
  readonly keyFile: string | null
}

/** `nodes` are `host:port`. */
export type RedisServersConfig =
  | { readonly type: 'single'; readonly url: string }
  | {
      readonly type: 'sentinel'
      readonly name: string
      readonly nodes: readonly string[]
      readonly username: string | null
      readonly password: string | null
      readonly tls: boolean
    }
  | { readonly type: 'cluster'; readonly nodes: readonly string[] }

export function logOf(form: Static<typeof logForm>): LogConfig {
  if (form.engine === 'file') return form
  if (form.engine === 'kurrent') {
    const { engine, url, username, password } = form
    return { engine, url, username: username ?? null, password: password ?? null }
  }
  return {
    engine: 'redis',
    servers: serversOf(form),
    username: form.username ?? null,
    password: form.password ?? null,
    tls:
      form.tls === undefined
        ? null
        : {
            caFile: form.tls.caFile ?? null,
            certFile: form.tls.certFile ?? null,
            keyFile: form.tls.keyFile ?? null,
          },
    commandTimeoutMs: form.commandTimeout,
    openWithinMs: form.openWithin,
    leaseTtlMs: form.leaseTtl,
    whenUnavailable: form.whenUnavailable,
  }
}

/** Exactly one of the three is there: `checkLog` has seen to it. */
function serversOf({ url, sentinel, cluster }: Static<typeof redisForm>): RedisServersConfig {
  if (sentinel !== undefined)
    return {
      type: 'sentinel',
      ...sentinel,
      username: sentinel.username ?? null,
      password: sentinel.password ?? null,
    }
  return cluster === undefined
    ? { type: 'single', url: url ?? '' }
    : { type: 'cluster', nodes: cluster }
}
