import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { JsonObject } from '../../../intents/json.ts'
import type { Console } from '../console.ts'
import { lifetime } from '../lifetime.ts'
import { fault, ProblemError, refusalProblem } from '../problem.ts'
import { DeviceBody, DeviceParams } from '../schema/request.ts'
import { apiActor } from '../wish.ts'
import { answers, noContent } from './answers.ts'

/** Changing which devices there are, and asking one for a sign of life. */
export function addDevices(app: FastifyInstance, hub: Console, closing: AbortSignal): void {
  app.post<{ Body: DeviceBody }>(
    '/api/v1/devices',
    {
      schema: {
        summary: 'Add a device to the config',
        tags: ['devices'],
        body: DeviceBody,
        response: answers({ 201: DeviceParams }),
      },
    },
    async (request, reply) => {
      const { name, ...entry } = request.body
      const options = entry as JsonObject // the body came out of JSON.parse
      const refusal = await hub.addDevice(name, options, apiActor(request.owner))
      if (refusal !== null) throw new ProblemError(refusalProblem(refusal))
      return reply.code(201).send({ name })
    },
  )

  app.delete<{ Params: DeviceParams }>(
    '/api/v1/devices/:name',
    {
      schema: {
        summary: 'Take a device out of the config',
        tags: ['devices'],
        params: DeviceParams,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      const refusal = await hub.removeDevice(request.params.name, apiActor(request.owner))
      if (refusal !== null) throw new ProblemError(refusalProblem(refusal))
      return reply.code(204).send()
    },
  )

  app.post<{ Params: DeviceParams }>(
    '/api/v1/devices/:name/test',
    {
      schema: {
        summary: 'Ask a device for a sign of life',
        tags: ['devices'],
        params: DeviceParams,
        response: answers({ 200: Type.Object({ ok: Type.Boolean(), detail: Type.String() }) }),
      },
    },
    async (request, reply) => {
      const { signal, end } = lifetime(reply.raw, closing)
      try {
        const sign = await hub.testDevice(request.params.name, signal)
        if (sign === null) throw fault('unknown-device', 'There is no device of that name.', 'name')
        return sign
      } finally {
        end()
      }
    },
  )
}
