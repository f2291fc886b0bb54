import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Queue, Worker } from 'bullmq'
import { encode } from '../wire/osc-encode.ts'
import { serve } from './program.ts'

// What a macro is measured against: the same datagrams by a bare timer, by BullMQ's delayed jobs, and in one loop.

export interface BareStart {
  readonly sinkPort: number
  readonly devices: number
  /** `redis://127.0.0.1:PORT`; null: without BullMQ. */
  readonly redis: string | null
}

interface Job {
  readonly id: number
}

let mark = (_device: number, _id: number, _mark: number) => {}
let queue: Queue<Job> | null = null

const answers = {
  async open({ sinkPort, devices, redis }: BareStart): Promise<void> {
    // a socket for each, as the hub has it
    const sockets = await Promise.all(
      Array.from({ length: devices }, async () => {
        const socket = createSocket('udp4')
        socket.connect(sinkPort, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      }),
    )
    mark = (device, id, number) => {
      const args = [id, number].map((value) => ({ type: 'i', value }) as const)
      sockets[device]?.send(encode('/mark', args))
    }
    if (redis === null) return
    const connection = { url: redis, maxRetriesPerRequest: null }
    queue = new Queue<Job>('waits', { connection })
    // as many at once as come due: what is measured is the delay, not a queue in front of one worker
    const worker = new Worker<Job>('waits', async ({ data }) => mark(0, data.id, 1), {
      connection,
      concurrency: 100,
    })
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  },
  /** The first mark at once, the second when the timer says so. */
  timer({ id, ms }: { readonly id: number; readonly ms: number }): void {
    mark(0, id, 0)
    setTimeout(() => mark(0, id, 1), ms)
  },
  /** The second when a worker gets the job. */
  async delayed({ id, ms }: { readonly id: number; readonly ms: number }): Promise<void> {
    mark(0, id, 0)
    await queue?.add('wait', { id }, { delay: ms, removeOnComplete: true })
  },
  /** One datagram for each device. */
  burst({ id, devices }: { readonly id: number; readonly devices: number }): void {
    for (let i = 0; i < devices; i++) mark(i, id, i)
  },
}
export type BareAnswers = typeof answers

serve(answers)
