import { userInfo } from 'node:os'

/** Whose hand it is, for the record: the user of this machine, in at most 64 characters. */
export function operator(): string {
  try {
    return userInfo().username.slice(0, 64)
  } catch {
    // a user that the machine knows by number only, as in some containers
    return 'cli'
  }
}
