/** What a file's trouble is called, and what helps. The name of the file comes first. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EEXIST:
    'it is there already, and nothing is written over it: name another file, or move that one away',
  EACCES: 'you have no right to it: look at its owner and mode',
  EPERM: 'the system does not allow that',
  EISDIR: 'it is a folder, and a file is wanted',
  ENOTDIR: 'it is a file, and a folder is wanted',
  ENOSPC: 'the disk is full',
  EROFS: 'it can only be read: its disk is mounted so',
}

/** What an error of Node's about a file says to people; null where it is no such error. */
export function fileFault(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error && 'path' in error)) return null
  const said = words[String(error.code)]
  return said === undefined ? null : `${String(error.path)}: ${said}`
}
