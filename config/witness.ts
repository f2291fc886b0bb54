import { Type, type Static } from 'typebox'
import { duration } from './duration.ts'

const closed = { additionalProperties: false } as const

const retentionForm = /^([1-9]\d{0,4})([dy])$/

const dayMs = 24 * 3_600_000

/** A year has 366 days: what is to be kept for two years is never trimmed a day too early. */
const daysOf: Readonly<Record<string, number>> = { d: 1, y: 366 }

/** How the record is sealed, signed and cosigned. */
export const witnessForm = Type.Object(
  {
    seal: Type.Boolean({
      default: true,
      description: 'Seal the journal: lines in a Merkle tree, its head signed.',
    }),
    origin: Type.Optional(
      Type.String({
        pattern: '^[^\\s+\\p{C}]{1,200}$',
        description:
          'The name of this log to the world, as in its key: a URL without its scheme; default infrafabric/SITE.',
        'x-expected': 'a name without spaces and plus, such as studio.example/journal',
      }),
    ),
    keyFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The private key that signs, or credential:NAME for a systemd credential; default witness/log.key in the data folder, made at the first start.',
      }),
    ),
    policy: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A file that names the witnesses to ask and how many it takes (C2SP tlog-policy).',
      }),
    ),
    signAfter: duration(
      'How long after something new is sealed the head is signed.',
      '1s',
      50,
      600_000,
    ),
    heartbeat: duration(
      'How often the hub that signs records the newest cosigned head, also when nothing else happens: longer than this the record is never silent.',
      '1m',
      1000,
      3_600_000,
    ),
    personal: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      default: [],
      maxItems: 200,
      description:
        'Names of arguments, actions and paths that are personal, on every device: the journal only commits to them, and they can be erased.',
    }),
    retention: Type.Optional(
      Type.String({
        pattern: retentionForm.source,
        description:
          'How long the journal keeps what is sealed, such as 2y or 90d; default: for ever. The sealed lines in witness/ stay.',
        'x-expected': 'days or years such as 90d or 2y, at least 1d',
      }),
    ),
  },
  { ...closed, default: {}, description: 'The proof that nothing of the record was changed.' },
)

export interface WitnessConfig {
  readonly seal: boolean
  /** null: after the site. */
  readonly origin: string | null
  /** null: in the data folder. */
  readonly keyFile: string | null
  readonly policy: string | null
  readonly signAfterMs: number
  readonly heartbeatMs: number
  /** Names of arguments, actions and paths that are personal, whatever the device. */
  readonly personal: readonly string[]
  /** null: for ever. */
  readonly retentionMs: number | null
}

export function witnessOf(form: Static<typeof witnessForm>): WitnessConfig {
  const { seal, origin = null, keyFile = null, policy = null, signAfter, heartbeat } = form
  const [, count, unit = ''] = retentionForm.exec(form.retention ?? '') ?? []
  return {
    ...{ seal, origin, keyFile, policy, signAfterMs: signAfter, heartbeatMs: heartbeat },
    personal: form.personal,
    retentionMs: count === undefined ? null : Number(count) * (daysOf[unit] ?? 1) * dayMs,
  }
}
