import type { Command } from 'commander'
import type { ProfileCheck } from '../hub/runs/profile.ts'
import type { MacroId } from '../intents/id.ts'
import { isObject, type Json } from '../intents/json.ts'
import { carriedLines } from './dry-run.ts'
import { Stop } from './exit.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, jsonOption, wantsJson } from './settings.ts'
import { submit } from './submit.ts'
import { table } from './table.ts'
import { pairs } from './words.ts'

const standardConfig = 'infra.yaml'

/** `infra profile …`: the orchestrations that ship, and how they fit a site's own devices. */
export function addProfile(program: Command): void {
  const profile = program.command('profile').summary('ready-made orchestrations: list, show, check')
  profile.description(
    'The orchestrations that ship, over roles that a config fills with its devices.',
  )
  example(profile, 'infra profile list', 'infra profile check live-production')

  const list = profile
    .command('list')
    .summary('list the profiles')
    .description('The profiles that ship, with the roles that each has.')
  example(jsonOption(list), 'infra profile list').action(async () => {
    const { allProfiles } = await import('../hub/runs/profile.ts')
    const all = allProfiles()
    if (wantsJson(list))
      return printJson(
        all.map(({ name, title, roles }) => ({ name, title, roles: Object.keys(roles) })),
      )
    for (const { name, title, roles } of all)
      print(`${name.padEnd(24)}${plain(title)}  ${paint('faint', Object.keys(roles).join(', '))}`)
  })

  const show = profile
    .command('show <name>')
    .summary('what a profile does, its roles and parameters')
    .description('What a profile does, step by step, with its roles and parameters.')
  example(jsonOption(show), 'infra profile show live-production').action(async (name: string) => {
    const found = await profileOf(name)
    if (wantsJson(show)) return printJson(found)
    print(paint('strong', plain(found.title)))
    print(plain(found.description))
    print('')
    for (const [role, words] of Object.entries(found.roles))
      print(`${'role'.padEnd(10)}${role.padEnd(14)}${plain(words)}`)
    for (const [key, { description, default: standard }] of Object.entries(found.parameters))
      print(
        `${'parameter'.padEnd(10)}${key.padEnd(14)}${plain(`${description} Default: ${JSON.stringify(standard)}`)}`,
      )
    for (const macro of Object.keys(found.macros))
      print(
        `${'macro'.padEnd(10)}${macro}${macro === found.start ? `  (what orchestrate starts${argsPhrase(found.macros[macro])})` : ''}`,
      )
  })

  const check = profile
    .command('check <name>')
    .summary('whether a config fills its roles, and which devices could')
    .description(
      'Say of each role whether the config fills it, and which of its devices could. Ends with 3 where one is not filled, or by a device that would refuse.',
    )
    .option('--config <file>', 'the config', standardConfig)
  example(jsonOption(check), 'infra profile check live-production --config infra.yaml').action(
    async (name: string, { config }: { readonly config: string }) => {
      await profileOf(name)
      const { checkProfile } = await import('../hub/runs/profile.ts')
      const found = await checkProfile(name, config)
      if (wantsJson(check)) printJson(found)
      else for (const line of checkLines(found)) print(line)
      if (!found.ok) end('config')
    },
  )

  const dryRun = profile
    .command('dry-run <name>')
    .summary('what a profile would send, in order, with times: nothing is sent')
    .description(
      'Show what a profile would send to the devices of a config, in order, with times. Nothing is sent and nothing is recorded. Every device is taken to be there and to do what it is asked; infra run … --dry-run takes the room as it was recorded.',
    )
    .option('--config <file>', 'the config that binds it', standardConfig)
  example(jsonOption(dryRun), 'infra profile dry-run live-production --config infra.yaml').action(
    async (name: string, { config }: { readonly config: string }) => {
      await profileOf(name)
      const { dryProfile } = await import('../hub/runs/profile-dry.ts')
      const found = await dryProfile(name, config)
      if (wantsJson(dryRun)) printJson(found)
      else {
        print(paint('strong', `dry run of ${name}: nothing is sent, and nothing is recorded`))
        for (const line of carriedLines(found)) print(line)
      }
      if (found.outcome !== 'sent' && found.outcome !== 'confirmed') end('failed')
    },
  )
}

/** What it takes for one run. */
function argsPhrase(macro: Json | undefined): string {
  const args = macro !== undefined && isObject(macro) ? macro['args'] : undefined
  return args !== undefined && isObject(args) ? `; takes ${Object.keys(args).join(', ')}` : ''
}

/** `infra bus orchestrate --profile NAME [KEY=VALUE …]`. */
export function addOrchestrate(bus: Command): void {
  const orchestrate = bus
    .command('orchestrate [args...]')
    .summary('run a profile on the devices that the config binds to it')
    .description(
      'Run a profile. The config of the hub binds it to devices: infra profile check says what is missing. Arguments are key=value, for this run alone: infra profile show says which it takes. Waits until it is through.',
    )
    .requiredOption('--profile <name>', 'which: infra profile list')
    .option('--no-wait', 'do not wait for the outcome')
  example(
    hubOptions(orchestrate),
    'infra bus orchestrate --profile live-production',
    "infra bus orchestrate --profile live-production camera='Camera 2'",
  ).action(
    async (
      given: readonly string[],
      { profile, wait }: { readonly profile: string; readonly wait: boolean },
    ) => {
      const { start } = await profileOf(profile)
      const args = pairs(given)
      const intent = { verb: 'run', macro: start as MacroId, args } as const // the hub looks it up
      try {
        await submit(hubOf(orchestrate), intent, { wait, json: wantsJson(orchestrate) })
      } catch (error) {
        if (error instanceof Stop && error.problem?.['code'] === 'unknown-macro')
          throw new Stop('failed', `the hub's config does not bind ${profile} to devices`, {
            hint: `infra profile check ${profile} says which could, and what to write`,
            cause: error,
          })
        throw error
      }
    },
  )
}

/** @throws Stop (usage) where there is none of that name */
async function profileOf(name: string) {
  const { profileNamed } = await import('../hub/runs/profile.ts')
  try {
    return profileNamed(name)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new Stop('usage', cause.message, { hint: 'infra profile list', cause })
  }
}

function checkLines({ profile, ok, roles }: ProfileCheck): readonly string[] {
  const lines = table(
    ['role', 'device', 'what it is for'],
    roles.map(({ role, device, refuses, could, description }) => {
      const others = could.length === 0 ? 'no device here could' : `could be: ${could.join(', ')}`
      if (device === null)
        return [role, { text: 'not filled', tone: 'bad' }, `${description} ${others}`]
      if (refuses.length > 0)
        return [role, { text: device, tone: 'bad' }, `${refuses.join('; ')}; ${others}`]
      return [role, { text: device, tone: 'good' }, description]
    }),
  )
  if (ok)
    return [...lines, '', `${paint('good', 'ready')}  infra bus orchestrate --profile ${profile}`]
  const fits = roles.map(({ role, device, refuses, could }) => {
    const named = device !== null && refuses.length === 0 ? device : (could[0] ?? '…')
    return `${role}: ${plain(named)}`
  })
  return [
    ...lines,
    '',
    'in the config:',
    'profiles:',
    `  ${profile}: { roles: { ${fits.join(', ')} } }`,
  ]
}
