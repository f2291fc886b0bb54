import { once } from 'node:events'
import { isIPv4, type Server } from 'node:net'
import { Type } from 'typebox'
import { type OpenSurface, SurfaceError } from './surface.ts'

/** The keys of every surface that listens on a socket; its `port` is its own. */
export const listenKeys = {
  host: Type.String({
    default: '127.0.0.1',
    description: 'Address to listen on. Any other than loopback needs insecure: true.',
  }),
  insecure: Type.Boolean({
    default: false,
    description: 'The explicit word that lets everybody who reaches the address control the hub.',
  }),
  operator: Type.String({
    default: 'unidentified',
    minLength: 1,
    maxLength: 64,
    description: 'Who is recorded as the operator: this protocol cannot say.',
  }),
}

export const portKey = (port: number) =>
  Type.Integer({
    default: port,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0: any free one.',
  })

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly insecure: boolean
}

/** This way in has no token: beyond loopback everybody who reaches it is an operator. @throws SurfaceError */
export function checkHost(name: string, { host, insecure }: ListenOptions): void {
  const loopback =
    host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
  if (!loopback && !insecure)
    throw new SurfaceError(
      'host',
      `surfaces.${name}.host is ${host}, which others can reach, and this surface has no token: use 127.0.0.1, or add insecure: true to surfaces.${name} if everybody on that network may control the hub`,
    )
}

/** Why listening failed, as the error that names the key to change. */
export function listenFault(
  name: string,
  transport: 'tcp' | 'udp',
  { host, port }: ListenOptions,
  cause: unknown,
): SurfaceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  const at = `${transport} ${place(host, port)}`
  switch (code) {
    case 'EADDRINUSE':
      return new SurfaceError(
        'port',
        `${at} is in use by another program: stop that, or choose another surfaces.${name}.port`,
        { cause },
      )
    case 'EACCES':
      return new SurfaceError(
        'port',
        `${at} may not be opened by this user: choose a surfaces.${name}.port above 1023`,
        { cause },
      )
    default:
      return new SurfaceError(
        'host',
        `${at} cannot be opened (${code}): check surfaces.${name}.host`,
        { cause },
      )
  }
}

/** Listens, and says where: `127.0.0.1:9000`. @throws SurfaceError naming the key to change */
export async function listening(
  name: string,
  server: Server,
  options: ListenOptions,
): Promise<string> {
  const { host, port } = options
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
  } catch (cause) {
    throw listenFault(name, 'tcp', options, cause)
  }
  const bound = server.address()
  return typeof bound === 'object' && bound !== null ? place(bound.address, bound.port) : host
}

/** `127.0.0.1:9000`, `[::1]:9000`. */
export function place(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** The open surface, whose `close` runs once however often it is called. */
export function opened(address: string, close: () => Promise<void>): OpenSurface {
  let closing: Promise<void> | null = null
  return { address, close: () => (closing ??= close()) }
}
