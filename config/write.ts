import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Replaces a file's content, all or nothing: after a crash or a loss of power there is the old text or the new one,
 * never a part. Keeps the file's mode, and a symbolic link stays a link. A file that is not there gets mode 0600:
 * a config may hold what is nobody else's business.
 * @throws what the file system says; the old file is then as it was
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const target = await existing(path)
  const folder = dirname(target)
  const mode = await modeOf(target)
  // the process id keeps two writers apart; a leftover of a crash is overwritten
  const temporary = join(folder, `.${basename(target)}.${process.pid}.new`)
  try {
    const file = await open(temporary, 'w', mode)
    try {
      // open's mode is cut by the umask
      await file.chmod(mode)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  // the new name is safe only once its folder is (fsync(2), Notes)
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file behind links; the path itself where there is no file yet. */
async function existing(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isAbsent(error)) return path
    throw error
  }
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isAbsent(error)) return 0o600
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
