import type { TObject } from 'typebox'
import type { Adapter, Preview } from '../../adapters/adapter.ts'
import type { Clock } from '../../bus/clock.ts'
import type { Config, DeviceConfig } from '../../config/config.ts'
import type { Instant } from '../../intents/id.ts'
import type { DeviceIntent } from '../../intents/intent.ts'
import type { Json } from '../../intents/json.ts'

/** What would have left for a device. */
export interface DrySend {
  /** As it was submitted: the same object. */
  readonly intent: DeviceIntent
  readonly at: Instant
  readonly protocol: string
  readonly preview: Preview
}

/** A command, and what it carries out. */
interface Boxed {
  readonly intent: DeviceIntent
  readonly command: unknown
}

/**
 * Adapters that plan as theirs do and open no link: what would be sent goes to `sent`, and counts as `sent`, because nobody
 * knows what the device would have said.
 */
export function dryAdapters(
  adapters: ReadonlyMap<string, Adapter<TObject, unknown>>,
  clock: Clock,
  sent: (send: DrySend) => void,
): ReadonlyMap<string, Adapter<TObject, unknown>> {
  return new Map([...adapters].map(([protocol, adapter]) => [protocol, dry(adapter, clock, sent)]))
}

function dry(
  adapter: Adapter<TObject, unknown>,
  clock: Clock,
  sent: (send: DrySend) => void,
): Adapter<TObject, unknown> {
  const { protocol } = adapter
  return {
    ...adapter,
    plan(intent, options, reported) {
      const plan = adapter.plan(intent, options, reported)
      return plan.ok
        ? { ok: true, command: { intent, command: plan.command } satisfies Boxed }
        : plan
    },
    open: (options) => ({
      send(boxed) {
        const { intent, command } = boxed as Boxed // of plan, just above
        const preview = adapter.preview?.(command, options) ?? {
          to: protocol,
          text: JSON.stringify(command),
          bytes: null,
        }
        sent({ intent, at: clock.now(), protocol, preview })
        return Promise.resolve('sent')
      },
      test: () => Promise.resolve('a dry run asks no device'),
      close: () => Promise.resolve(),
    }),
  }
}

/**
 * The config of a dry run: no lane outside this process, and in place of every secret a word that says which it
 * is, so that none is looked up and none is shown.
 */
export function dryConfig(config: Config): Config {
  const devices = [...config.devices].map(([id, device]) => [id, withoutSecrets(device)] as const)
  return { ...config, slowLane: null, devices: new Map(devices) }
}

function withoutSecrets(device: DeviceConfig): DeviceConfig {
  const options = Object.entries(device.options).map(([key, value]) => [key, hidden(value)])
  return { ...device, options: Object.fromEntries(options) }
}

function hidden(value: Json): Json {
  if (typeof value === 'string')
    // letters that may stand in a URL, a header and a text alike
    return value.replace(
      /\$\{(env|file):([^}]*)\}/g,
      (_, from: string, name: string) => `SECRET.${from}.${name.replace(/[^A-Za-z0-9]+/g, '-')}`,
    )
  if (Array.isArray(value)) return value.map((item: Json) => hidden(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]))
}
