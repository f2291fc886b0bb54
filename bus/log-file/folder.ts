import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes `dir` with all above it, so that it is still there after a power loss. */
export async function makeFolder(dir: string): Promise<void> {
  const topmost = await mkdir(dir, { recursive: true })
  if (topmost === undefined) return
  let made = dir
  while (made.length >= topmost.length) {
    await syncFolder(dirname(made))
    made = dirname(made)
  }
}

/** Makes the names in `dir` durable: a new file is only safe with the folder that lists it. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
