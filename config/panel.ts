import { Type, type Static } from 'typebox'
import type { DeviceId } from '../intents/id.ts'
import type { PanelConfig, Reach } from './config.ts'
import { duration } from './duration.ts'
import { deviceName } from './form.ts'

// What holds for a panel of the desk: a Stream Deck, a Satellite box, a fader console. `panel` of a surface is for all that
// join there, `panels` for one of them by its identity.

const page = Type.Integer({ minimum: 1, maximum: 9999, description: 'A page of the grid.' })

/** Which part of the site a surface or a panel may touch. */
export const reachKeys = {
  pages: Type.Optional(
    Type.Array(page, {
      minItems: 1,
      maxItems: 1000,
      description: 'The only pages whose controls may be used from here; default: all.',
    }),
  ),
  devices: Type.Optional(
    Type.Array(deviceName, {
      maxItems: 1000,
      description:
        'The only devices that may be touched from here, also through a named intent or a macro; default: all.',
    }),
  ),
}

const lockForm = Type.Object(
  {
    pin: Type.String({
      pattern: '^([0-9]{4,16}|\\$\\{(env|file):[^}]+\\})$',
      description: 'Four to sixteen digits, better a reference to them. The panel starts locked.',
      'x-expected': 'four to sixteen digits in quotes, or a reference such as ${env:DESK_PIN}',
    }),
    after: Type.Optional(
      duration('Lock again when nobody touched it for so long; default: never.', undefined, 1000),
    ),
  },
  { additionalProperties: false, description: 'Nothing works before the PIN is typed.' },
)

/** What is left out comes from `panel` of the surface, and then from the standard. */
export const panelForm = Type.Object(
  {
    operator: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Who is recorded as pressing; default: the panel’s identity.',
      }),
    ),
    page: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9999,
        description: 'The page it begins with; default: the first that it may use.',
      }),
    ),
    ...reachKeys,
    brightness: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'In percent; default: 100.' }),
    ),
    lock: Type.Optional(lockForm),
    whenLost: Type.Optional(
      Type.Union([Type.Literal('message'), Type.Literal('dark'), Type.Literal('keep')], {
        description:
          'What it shows when the hub stops: a message, nothing, or what it showed. Default: message.',
      }),
    ),
  },
  { additionalProperties: false, description: 'How a panel behaves.' },
)

type PanelForm = Static<typeof panelForm>

/** What a panel does where the config says nothing. */
export const standardPanel: PanelConfig = {
  operator: null,
  page: null,
  reach: { pages: null, devices: null },
  brightness: 100,
  lock: null,
  whenLost: 'message',
}

export function reachOf(form: {
  readonly pages?: readonly number[]
  readonly devices?: readonly DeviceId[]
}): Reach {
  return {
    pages: form.pages === undefined ? null : new Set(form.pages),
    devices: form.devices === undefined ? null : new Set(form.devices),
  }
}

/** The panel that a checked entry stands for; `base` is what holds where it says nothing. */
export function panelOf(form: PanelForm, base: PanelConfig = standardPanel): PanelConfig {
  const own = reachOf(form)
  return {
    operator: form.operator ?? base.operator,
    page: form.page ?? base.page,
    reach: { pages: own.pages ?? base.reach.pages, devices: own.devices ?? base.reach.devices },
    brightness: form.brightness ?? base.brightness,
    lock:
      form.lock === undefined
        ? base.lock
        : { pin: form.lock.pin, afterMs: form.lock.after ?? null },
    whenLost: form.whenLost ?? base.whenLost,
  }
}
