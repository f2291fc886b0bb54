import { randomUUID } from 'node:crypto'
import {
  Metadata,
  type sendUnaryData,
  Server,
  type ServerReadableStream,
  ServerCredentials,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js'
import sharedPb from '@eventstore/db-client/generated/shared_pb.js'
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import pb from '@eventstore/db-client/generated/streams_pb.js'

// A double of the server's streams service (streams.proto), one node, in memory. It proves that this folder agrees with
// our reading of that document, and nothing about a real server.

type Append = ServerReadableStream<pb.AppendReq, pb.AppendResp>
type Read = ServerWritableStream<pb.ReadReq, pb.ReadResp>
type Proposed = pb.AppendReq.ProposedMessage

interface Kept {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export interface Double {
  readonly port: number
  readonly url: string
  /** What a stream holds, to look at and to change behind the client's back. */
  events(stream: string): Kept[]
  /** Called when an append is stored and before it is answered; what it does, the answer waits for. */
  onStored: (stream: string, count: number) => void | Promise<void>
  /** Streams with a tombstone. */
  readonly deleted: Set<string>
  /** `user:password`; null: everybody may. */
  credentials: string | null
  /** MaxAppendSize, bytes. */
  maxAppendSize: number
  /** Appends that were asked for, and those refused because of the expected revision. */
  appends: number
  conflicts: number
  close(): Promise<void>
}

export interface DoubleOptions {
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer }
  readonly port?: number
}

export async function openDouble({ tls, port = 0 }: DoubleOptions = {}): Promise<Double> {
  const streams = new Map<string, Kept[]>()
  const watching = new Set<() => void>()

  const double: Double = {
    port: 0,
    url: '',
    events(stream) {
      const found = streams.get(stream) ?? []
      streams.set(stream, found)
      return found
    },
    onStored: () => undefined,
    deleted: new Set(),
    credentials: null,
    maxAppendSize: 1024 * 1024,
    appends: 0,
    conflicts: 0,
    close: async () => server.forceShutdown(),
  }

  /** Error answers carry what is wrong in their metadata, as the client's own conversion reads it. */
  function no(code: status, exception: string, more: Record<string, string> = {}) {
    const metadata = new Metadata()
    metadata.set('exception', exception)
    for (const [name, value] of Object.entries(more)) metadata.set(name, value)
    return { code, details: exception, metadata }
  }

  function refusal(call: Append | Read, stream: string) {
    const [given] = call.metadata.get('authorization')
    const wanted = `Basic ${Buffer.from(double.credentials ?? '').toString('base64')}`
    if (double.credentials !== null && given !== wanted)
      return no(status.UNAUTHENTICATED, 'access-denied')
    if (double.deleted.has(stream))
      return no(status.FAILED_PRECONDITION, 'stream-deleted', { 'stream-name': stream })
    return null
  }

  async function append(call: Append, answer: sendUnaryData<pb.AppendResp>): Promise<void> {
    double.appends++
    let options: pb.AppendReq.Options | undefined
    const proposed: Proposed[] = []
    let bytes = 0
    try {
      for await (const request of call as AsyncIterable<pb.AppendReq>) {
        options ??= request.getOptions()
        const message = request.getProposedMessage()
        if (message === undefined) continue
        proposed.push(message)
        bytes +=
          message.getData_asU8().length +
          message.getCustomMetadata_asU8().length +
          2 * (message.getMetadataMap().get('type') ?? '').length
      }
    } catch {
      return // the client went away before it had said all: nothing is stored
    }
    const name = nameOf(options?.getStreamIdentifier())
    const refused = refusal(call, name)
    if (refused !== null) return answer(refused)
    if (bytes > double.maxAppendSize)
      return answer(
        no(status.INVALID_ARGUMENT, 'maximum-append-size-exceeded', {
          'maximum-append-size': String(double.maxAppendSize),
        }),
      )
    const events = double.events(name)
    const response = new pb.AppendResp()
    const expected = options?.hasRevision() === true ? Number(options.getRevision()) : -1
    const strict = options?.hasRevision() === true || options?.hasNoStream() === true
    const ids = proposed.map(({ getId }, i) => getId.call(proposed[i])?.getString() ?? '')
    if (strict && expected !== events.length - 1) {
      // the same ids after the expected revision are the same append again, and answered as it was
      const again = ids.every((id, i) => events[expected + 1 + i]?.id === id)
      if (!again) {
        double.conflicts++
        const wrong = new pb.AppendResp.WrongExpectedVersion()
        if (events.length === 0) wrong.setCurrentNoStream(new sharedPb.Empty())
        else wrong.setCurrentRevision(String(events.length - 1))
        if (expected === -1) wrong.setExpectedNoStream(new sharedPb.Empty())
        else wrong.setExpectedRevision(String(expected))
        return answer(null, response.setWrongExpectedVersion(wrong))
      }
    } else {
      for (const [i, message] of proposed.entries())
        events.push({
          id: ids[i] ?? randomUUID(),
          type: message.getMetadataMap().get('type') ?? '',
          contentType: message.getMetadataMap().get('content-type') ?? '',
          data: message.getData_asU8(),
          metadata: message.getCustomMetadata_asU8(),
        })
      for (const wake of [...watching]) wake()
    }
    await double.onStored(name, proposed.length)
    const success = new pb.AppendResp.Success().setNoPosition(new sharedPb.Empty())
    success.setCurrentRevision(String(expected + proposed.length))
    answer(null, response.setSuccess(success))
  }

  async function read(call: Read): Promise<void> {
    const options = call.request.getOptions()
    const from = options?.getStream()
    const name = nameOf(from?.getStreamIdentifier())
    const refused = refusal(call, name)
    if (refused !== null) {
      call.emit('error', refused)
      return
    }
    const events = double.events(name)
    const send = (revision: number) => {
      const event = events[revision]
      if (event !== undefined) call.write(readEvent(name, revision, event))
    }
    if (options?.hasSubscription() === true) {
      call.write(new pb.ReadResp().setConfirmation(new pb.ReadResp.SubscriptionConfirmation()))
      // a subscription begins behind the given revision
      let next = from?.hasRevision() === true ? Number(from.getRevision()) + 1 : 0
      while (!call.cancelled) {
        if (next < events.length) send(next++)
        else
          await new Promise<void>((resolve) => {
            const wake = () => {
              watching.delete(wake)
              call.removeListener('cancelled', wake)
              resolve()
            }
            watching.add(wake)
            call.once('cancelled', wake)
          })
      }
      return
    }
    if (events.length === 0) {
      const missing = new pb.ReadResp.StreamNotFound()
      call.write(
        new pb.ReadResp().setStreamNotFound(
          missing.setStreamIdentifier(from?.getStreamIdentifier()),
        ),
      )
    }
    const backwards = options?.getReadDirection() === pb.ReadReq.Options.ReadDirection.BACKWARDS
    const step = backwards ? -1 : 1
    const last = events.length - 1
    let revision = from?.hasEnd() === true ? last : 0
    if (from?.hasRevision() === true) revision = Number(from.getRevision())
    if (backwards) revision = Math.min(revision, last)
    let left = Number(options?.getCount() ?? 0)
    for (; left > 0 && revision >= 0 && revision <= last && !call.cancelled; left--) {
      send(revision)
      revision += step
    }
    call.end()
  }

  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 })
  server.addService(streamsGrpc.StreamsService, {
    append: (call: Append, answer: sendUnaryData<pb.AppendResp>) => void append(call, answer),
    read: (call: Read) => void read(call),
  })
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }])
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) =>
      error === null ? resolve(at) : reject(error),
    )
  })
  return Object.assign(double, { port: bound, url: `esdb://127.0.0.1:${bound}?tls=false` })
}

function nameOf(identifier: sharedPb.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString()
}

function readEvent(stream: string, revision: number, event: Kept): pb.ReadResp {
  const recorded = new pb.ReadResp.ReadEvent.RecordedEvent()
  recorded.setId(new sharedPb.UUID().setString(event.id))
  recorded.setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream)))
  recorded.setStreamRevision(String(revision))
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType)
  recorded.getMetadataMap().set('created', '0')
  recorded.setData(event.data)
  recorded.setCustomMetadata(event.metadata)
  return new pb.ReadResp().setEvent(new pb.ReadResp.ReadEvent().setEvent(recorded))
}
