import { type Static, Type } from 'typebox'
import type { Json } from '../../intents/json.ts'
import { reportsSchema, type ReportOptions } from '../report-rule.ts'
import { everyMs } from '../text-options.ts'

const method = Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])

const parts = {
  path: Type.String({
    pattern: '^/',
    description: 'Below the path of `url`; {places} are URL-encoded.',
  }),
  query: Type.Optional(Type.Record(Type.String(), Type.String())),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  json: Type.Optional(
    Type.Unsafe<Json>({
      description:
        'Sent as JSON. A text that is one {place} and nothing else becomes the argument with its type.',
    }),
  ),
  body: Type.Optional(Type.String({ description: 'Sent as text; not together with `json`.' })),
  reports: Type.Optional(reportsSchema),
}

const request = Type.Object(
  {
    method,
    ...parts,
    lane: Type.Optional(
      Type.Literal('slow', {
        description: 'slow: takes seconds, costs money or is limited in rate (docs/slow-lane.md).',
      }),
    ),
  },
  { additionalProperties: false },
)

const poll = Type.Object(
  { method: Type.Optional(method), ...parts, everyMs },
  { additionalProperties: false },
)

const hook = Type.Object(
  {
    secret: Type.String({
      minLength: 16,
      maxLength: 200,
      description: 'The last part of its URL, URL-encoded there: whoever knows it may call.',
      'x-secret': true,
    }),
    reports: Type.Optional(reportsSchema),
  },
  {
    additionalProperties: false,
    description:
      'The device calls the hub: POST /api/v1/hooks/<device>/<secret> with JSON, XML or a form, which `reports` read.',
  },
)

export const options = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://',
      maxLength: 2000,
      description:
        'Where the device is: http://127.0.0.1:9200, with a path if all its paths begin with it.',
    }),
    actions: Type.Record(Type.String(), request, {
      default: {},
      description: 'What a `fire` requests, by action.',
    }),
    sets: Type.Record(Type.String(), request, {
      default: {},
      description: 'What a `set` requests, by path, with {value}.',
    }),
    token: Type.Optional(
      Type.String({ description: 'Sent as `Authorization: Bearer`.', 'x-secret': true }),
    ),
    user: Type.Optional(Type.String({ description: 'Basic or digest authentication.' })),
    password: Type.Optional(
      Type.String({ description: 'Basic or digest authentication.', 'x-secret': true }),
    ),
    auth: Type.Optional(
      Type.Enum(['basic', 'digest'], {
        description:
          'How user and password are said: basic (the default), or digest (RFC 7616: MD5 or SHA-256).',
      }),
    ),
    polls: Type.Optional(
      Type.Array(poll, {
        maxItems: 64,
        description: 'Asked again and again while the device is there; `reports` read the answers.',
      }),
    ),
    reports: Type.Optional(reportsSchema),
    hook: Type.Optional(hook),
    verifyTls: Type.Boolean({
      default: true,
      description: 'false accepts any certificate: for a device with one that it signed itself.',
    }),
  },
  { additionalProperties: false },
)

export type HttpOptions = Static<typeof options>
export type RequestOptions = Static<typeof request>
export type PollOptions = Static<typeof poll>
export type Method = RequestOptions['method']

export const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']

/** One request, complete but for the authorization, which the link adds: a command must not hold a secret. */
export interface HttpCommand {
  readonly method: Method
  /** With the query, as it stands in the request line. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Null for none. */
  readonly body: string | null
  /** How its answer becomes reports, beside what is said of every answer. */
  readonly reports?: readonly ReportOptions[]
}
