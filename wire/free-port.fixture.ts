import { createServer } from 'node:net'

/**
 * A TCP port of loopback that is free now, for a program that is started next. Below those that Linux gives to whoever connects
 * (32768 to 60999): what is free there is not lent to anybody meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}
