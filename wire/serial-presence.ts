import { stat } from 'node:fs/promises'

/** 500 ms: how long a pulled plug may go unseen. */
const everyMs = 500

/**
 * Whether a port is still the one that was opened: where a line is hung up, `serialport` 13 reads its end again and again and says
 * nothing. Its node in the file system goes with the plug, and comes back as another. Calls `gone` once; the answer ends it. On
 * Windows a port has no node, and its loss is an error of the read.
 */
export function watchPresence(path: string, gone: () => void): () => void {
  if (process.platform === 'win32') return () => {}
  let opened: string | null = null
  let over = false
  const look = async () => {
    const found = await nodeOf(path)
    opened ??= found
    if (over || found === opened) return
    end()
    gone()
  }
  const timer = setInterval(() => void look(), everyMs)
  const end = () => {
    over = true
    clearInterval(timer)
  }
  void look()
  return end
}

/** Which node it is; empty for none. */
async function nodeOf(path: string): Promise<string> {
  try {
    const { dev, ino, rdev } = await stat(path)
    return `${dev} ${ino} ${rdev}`
  } catch {
    return ''
  }
}
