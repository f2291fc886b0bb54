import type { FastifyInstance } from 'fastify'
import { Type, type TSchema } from 'typebox'
import type { Console } from '../console.ts'
import {
  ActionsViewSchema,
  DevicesViewSchema,
  HealthViewSchema,
  MacrosViewSchema,
  PanelViewSchema,
  StatusViewSchema,
  SurfacesViewSchema,
} from '../schema/site-view.ts'
import {
  SchedulesViewSchema,
  TriggersViewSchema,
  VariablesViewSchema,
} from '../schema/automation-view.ts'
import { RunsViewSchema } from '../schema/run-view.ts'
import { answers } from './answers.ts'

/** What is: the state of the site, read only. */
export function addSite(app: FastifyInstance, hub: Console): void {
  const views: readonly (readonly [string, string, TSchema, () => unknown])[] = [
    ['devices', 'Devices and their state', DevicesViewSchema, () => ({ devices: hub.devices() })],
    ['panel', 'The grid and its faces', PanelViewSchema, () => hub.panel()],
    ['macros', 'The macros of the config', MacrosViewSchema, () => ({ macros: hub.macros() })],
    ['runs', 'Runs of macros', RunsViewSchema, () => ({ runs: hub.runs() })],
    [
      'variables',
      'The variables of the site',
      VariablesViewSchema,
      () => ({ variables: hub.variables() }),
    ],
    [
      'triggers',
      'What starts macros when something happens',
      TriggersViewSchema,
      () => ({ triggers: hub.triggers() }),
    ],
    [
      'schedules',
      'What starts macros at their time',
      SchedulesViewSchema,
      () => ({ schedules: hub.schedules() }),
    ],
    ['surfaces', 'The ways in', SurfacesViewSchema, () => ({ surfaces: hub.surfaces() })],
    ['actions', 'What can be asked of each device', ActionsViewSchema, () => hub.actions()],
    ['status', 'The hub at a glance', StatusViewSchema, () => hub.status()],
  ]
  for (const [name, summary, view, answer] of views)
    app.get(
      `/api/v1/${name}`,
      { schema: { summary, tags: ['site'], response: answers({ 200: view }) } },
      async () => answer(),
    )

  app.get(
    '/health',
    {
      schema: {
        summary: 'Whether the hub is well, and why not',
        tags: ['site'],
        security: [],
        response: answers({ 200: HealthViewSchema, 503: HealthViewSchema }),
      },
    },
    async (_request, reply) => {
      const health = hub.health()
      return reply.code(health.ok ? 200 : 503).send(health)
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Prometheus text format 0.0.4',
        tags: ['site'],
        response: answers({ 200: Type.String() }),
      },
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(hub.metrics()),
  )
}
