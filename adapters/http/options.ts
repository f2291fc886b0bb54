import { type Static, Type } from 'typebox'
import type { Json } from '../../intents/json.ts'

const method = Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])

const request = Type.Object(
  {
    method,
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
    lane: Type.Optional(
      Type.Literal('slow', {
        description: 'slow: takes seconds, costs money or is limited in rate (docs/slow-lane.md).',
      }),
    ),
  },
  { additionalProperties: false },
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
    user: Type.Optional(Type.String({ description: 'Basic authentication.' })),
    password: Type.Optional(
      Type.String({ description: 'Basic authentication.', 'x-secret': true }),
    ),
    verifyTls: Type.Boolean({
      default: true,
      description: 'false accepts any certificate: for a device with one that it signed itself.',
    }),
  },
  { additionalProperties: false },
)

export type HttpOptions = Static<typeof options>
export type RequestOptions = Static<typeof request>
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
}
