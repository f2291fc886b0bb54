import { Type, type Static } from 'typebox'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Where vMix runs' }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 8099,
      description: 'Port of the TCP API',
    }),
    httpPort: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 8088,
      description: 'Port of the web controller, where the state is read',
    }),
    confirmMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 2000,
      description: 'How long the state may take to follow a function, beside its own duration. ms',
    }),
    replyMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 2000,
      description: 'How long vMix may take to answer a request. ms',
    }),
    pollMs: Type.Integer({
      minimum: 100,
      maximum: 60_000,
      default: 2000,
      description: 'How often the whole state is read, for what vMix does not push. ms',
    }),
    names: Type.Boolean({
      default: true,
      description: 'Report inputs by their title and key too, beside their number',
    }),
  },
  { additionalProperties: false },
)
export type VmixOptions = Static<typeof options>
