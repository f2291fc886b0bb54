import { Type } from 'typebox'
import type { Json } from '../../intents/json.ts'
import { standardActions } from '../../intents/standard.ts'
import type { ActionDescription } from '../adapter.ts'
import { natives } from './args.ts'
import { settable, settableDomains } from './paths.ts'
import { argsSchema } from './service.ts'
import { services } from './services.ts'
import { standardNames } from './standard.ts'

const said: Readonly<Record<keyof typeof natives, string>> = {
  call_service: 'Call any service',
  get_states: 'Read all states again',
  get_state: 'Read one entity again and report all its attributes',
  fire_event: 'Fire an event on the event bus of Home Assistant, for automations to see',
}

const anything = Type.Unsafe<Json>({ description: 'As the state or the attribute is' })

/** Domains of our tables: their other services pass through by name as well. */
const domains = [...new Set(services.map(({ name }) => name.split('.')[0] ?? ''))]

/** What Home Assistant can be asked. */
export const actions: readonly ActionDescription[] = [
  ...standardNames.flatMap((name): readonly ActionDescription[] => {
    const standard = standardActions.get(name)
    return standard === undefined
      ? []
      : [{ verb: 'fire', name, description: standard.description, schema: standard.args }]
  }),
  ...Object.entries(natives).map(([name, schema]): ActionDescription => ({
    verb: 'fire',
    name,
    description: said[name as keyof typeof natives],
    schema,
  })),
  ...services.map((service): ActionDescription => ({
    verb: 'fire',
    name: service.name,
    description: service.description,
    schema: argsSchema(service),
  })),
  ...domains.map((domain): ActionDescription => ({
    verb: 'fire',
    name: `${domain}.*`,
    description: `Any other service of ${domain}, as Home Assistant has it`,
    schema: Type.Record(Type.String(), anything),
  })),
  ...settableDomains.map((domain): ActionDescription => ({
    verb: 'set',
    name: `${domain}.*`,
    description: `State of a ${domain}${attributesOf(domain)}`,
    schema: anything,
  })),
]

function attributesOf(domain: string): string {
  const names = Object.keys(settable[domain] ?? {})
  return names.length === 0 ? '' : `; with /${names.join(', /')}: that of it`
}
