import type { Command } from 'commander'
import { Stop } from './exit.ts'
import { runWorker } from './offline.ts'
import { note, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

/** 16: calls that wait for a service cost a worker next to nothing. */
const standardConcurrency = '16'
const mostConcurrency = 1000

export function addWorker(program: Command): void {
  const worker = program
    .command('worker')
    .summary('carry out slow jobs, here, until Ctrl-C')
    .description(
      'Carry out the slow jobs (cloud, mail, exports) that the hubs of a site hand in through Redis. Ctrl-C ends it when the jobs it has are done. Secrets come from its own environment and files.',
    )
    .option('--redis <url>', 'the Redis (default: slowLane of --config)')
    .option('--site <name>', 'the site (default: that of --config)')
    .option('--config <file>', 'the config of a hub of that site')
    .option('--concurrency <count>', `jobs at once, 1 to ${mostConcurrency}`, standardConcurrency)
  example(
    jsonOption(worker),
    'infra worker --config studio.yaml',
    'infra worker --redis redis://10.0.0.5:6379 --site studio-a --concurrency 4',
  ).action(async (options: Options) => {
    const { concurrency, ...rest } = options
    if (!/^[1-9]\d{0,3}$/.test(concurrency) || Number(concurrency) > mostConcurrency)
      throw new Stop(
        'usage',
        `--concurrency is a number from 1 to ${mostConcurrency}, not "${concurrency}"`,
        { hint: 'infra worker --config studio.yaml --concurrency 4' },
      )
    await runWorker({
      config: rest.config,
      redis: rest.redis,
      site: rest.site,
      concurrency: Number(concurrency),
      out: wantsJson(worker) ? (line) => printJson({ line }) : print,
      note: (line) => note(`infra: ${line}`),
    })
  })
}

interface Options {
  readonly redis?: string
  readonly site?: string
  readonly config?: string
  readonly concurrency: string
}
