import { randomBytes } from 'node:crypto'
import { link, open, readdir, unlink } from 'node:fs/promises'
import { createConnection, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { LogError } from '../log.ts'
import { errno } from './disk.ts'

/*
 * The lock is a listening unix socket `lock.<n>` in the folder: the kernel closes it with its process, however that
 * ends, and a connect tells whether it lives, also from another container that shares the volume. Why no two can hold it:
 * - a name appears by link(2) of a socket that listens already, so what is seen dead stays dead;
 * - `lock.<n+1>` is made only by one who saw `lock.<n>` dead, and link(2) fails where the name is taken;
 * - the newest name is never removed, only older ones by the holder of a newer; who linked a name and then finds a newer
 *   one came late, and gives up.
 */

export interface Lock {
  release(): Promise<void>
}

/** 100: each further try means that another process won a race in between. */
const maxTries = 100
/** 2 s: a holder that lives answers in microseconds; one that is stopped is named without its process id. */
const answerMs = 2000
/** The shortest limit of a unix socket's path among our systems (macOS: 104 with its end), in bytes. */
const maxPathBytes = 103

const candidatePrefix = 'lock.try-'
const named = /^lock\.(\d{1,15})$/

/**
 * Takes the lock of `dir`, or learns who has it.
 * @throws LogError `locked`, naming the holder; `io` where the file system has no sockets.
 */
export async function takeLock(dir: string): Promise<Lock> {
  const folder = await open(dir, 'r')
  try {
    // a long path is reached through the open folder, because a socket's address holds about a hundred bytes
    const address = (name: string) =>
      Buffer.byteLength(join(dir, name)) <= maxPathBytes
        ? join(dir, name)
        : `/proc/self/fd/${folder.fd}/${name}`
    const candidate = `${candidatePrefix}${randomBytes(6).toString('hex')}`
    const server = await listen(address(candidate), dir)
    try {
      for (let tries = 0; tries < maxTries; tries++) {
        const newest = newestLock(await readdir(dir))
        if (newest > 0) await refuseIfAlive(dir, address(`lock.${newest}`))
        if (await linked(join(dir, candidate), join(dir, `lock.${newest + 1}`))) {
          const names = await readdir(dir)
          if (newestLock(names) === newest + 1) {
            await remove(join(dir, candidate))
            await removeStale(dir, names, `lock.${newest + 1}`, address)
            return { release: () => close(server) }
          }
          await remove(join(dir, `lock.${newest + 1}`))
        }
      }
      throw new LogError('locked', `${dir}: too many processes open this log at once; try again`)
    } catch (error) {
      await close(server)
      await remove(join(dir, candidate))
      throw error
    }
  } finally {
    await folder.close()
  }
}

function newestLock(names: readonly string[]): number {
  return names.reduce((newest, name) => Math.max(newest, Number(named.exec(name)?.[1] ?? 0)), 0)
}

/** A socket that tells each caller who listens; it keeps no process alive. */
async function listen(path: string, dir: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.unref()
    // a caller that is gone already needs no answer
    socket.on('error', () => socket.destroy())
    socket.end(`process ${process.pid} on ${hostname()}`, () => socket.destroy())
  })
  server.listen(path)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new LogError(
      'io',
      `${dir}: cannot make the lock, a unix socket (${errno(cause)}); the log needs a local file system that has sockets, and the right to write there`,
      { cause },
    )
  }
  server.unref()
  return server
}

/** Connects: an answer, or a connection without one, is a holder that lives. */
async function refuseIfAlive(dir: string, path: string): Promise<void> {
  const holder = await ask(path)
  if (holder === null) return
  throw new LogError(
    'locked',
    `${dir} is open in ${holder}: only one hub may write a log; stop that one, or give this one a data folder of its own`,
  )
}

/** Who listens at `path`; null where nobody does. Outside text: at most 200 characters of it are kept. */
function ask(path: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = createConnection(path)
    const settle = (holder: string | null) => {
      clearTimeout(deadline)
      socket.destroy()
      resolve(holder)
    }
    const alive = () => settle(answer === '' ? 'a process that does not answer' : answer)
    const deadline = setTimeout(alive, answerMs)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer = (answer + text).slice(0, 200)
    })
    socket.on('end', alive)
    socket.on('error', (cause) => {
      const code = errno(cause)
      if (code === 'ECONNREFUSED' || code === 'ENOENT') settle(null)
      // its queue of callers is full, or it ended while we asked: it was there
      else if (code === 'EAGAIN' || code === 'ECONNRESET' || code === 'EPIPE') alive()
      else {
        clearTimeout(deadline)
        reject(new LogError('io', `cannot ask who holds ${path} (${code})`, { cause }))
      }
    })
  })
}

/** Whether the name was free and is ours now; not where a new holder cleared the candidate away in the meantime. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (cause) {
    if (errno(cause) === 'EEXIST' || errno(cause) === 'ENOENT') return false
    throw new LogError('io', `cannot make ${to} (${errno(cause)})`, { cause })
  }
}

/** Clears older names, and candidates whose process died before it had the lock. */
async function removeStale(
  dir: string,
  names: readonly string[],
  ours: string,
  address: (name: string) => string,
): Promise<void> {
  for (const name of names) {
    const stale = named.test(name)
      ? name !== ours
      : name.startsWith(candidatePrefix) && (await ask(address(name))) === null
    if (stale) await remove(join(dir, name))
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (cause) {
    // another process cleared it first
    if (errno(cause) !== 'ENOENT') throw cause
  }
}

/** The kernel side of it is gone at once; what is left, a name nobody listens at, is the next holder's to clear. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
