import type { JsonObject } from '../intents/json.ts'
import type { Config } from '../config/config.ts'
import { usableConfig } from './configure.ts'
import { loadLeaf } from './leaf.ts'
import { stopSignal } from './stop-signal.ts'

/** A simulated device, as every adapter's `simulator.ts` gives one. */
interface Running {
  close(): Promise<void>
}

type Simulate = (options: JsonObject) => Promise<Running>

/**
 * Starts the simulator of every device of a config, at the addresses the config gives. Each is our own program and
 * proves only that hub and simulator agree. The answer stops them.
 * @throws Error where an address is in use
 */
export async function startSimulators(
  config: Pick<Config, 'devices'>,
): Promise<() => Promise<void>> {
  const running: Running[] = []
  for (const [name, { protocol, options }] of config.devices) {
    const simulate = await loadLeaf<Simulate>('adapters', protocol, 'simulator', 'simulate')
    try {
      running.push(await simulate(addressOf(options)))
    } catch (cause) {
      await Promise.all(running.map((simulator) => simulator.close()))
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Error(
        `cannot simulate ${name}: ${why}; where a program has that port, give the device another`,
        { cause },
      )
    }
  }
  return async () => {
    await Promise.all(running.map((simulator) => simulator.close()))
  }
}

function addressOf(options: JsonObject): JsonObject {
  const { url } = options
  if (typeof url !== 'string') return options
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

/** Runs the simulators of a config until it is told to stop (SIGINT, SIGTERM). @throws ConfigError, Error */
export async function simulate(options: {
  readonly config: string
  /** The names of some devices; null: all. */
  readonly only: readonly string[] | null
  readonly out: (line: string) => void
}): Promise<void> {
  const { devices: all, site } = await usableConfig(options.config)
  const { only } = options
  const strange = only?.find((name) => ![...all.keys()].some((device) => device === name))
  if (strange !== undefined)
    throw new Error(
      `${options.config} has no device ${strange}; it has ${[...all.keys()].join(', ')}`,
    )
  const devices = new Map([...all].filter(([name]) => only?.includes(name) ?? true))
  const stop = await startSimulators({ devices })
  options.out(`ready  ${devices.size} simulated devices of site ${site}`)
  await stopSignal()
  await stop()
}
