/** What a hub says of itself with every sign of life. */
export interface HubSign {
  readonly hub: string
  /** Where its console is, `http://127.0.0.1:7700`. */
  readonly url: string
  readonly version: string
  /** Milliseconds since the epoch, by its own clock. */
  readonly startedAt: number
  readonly at: number
  /** The newest entry it has folded; null while it starts. */
  readonly position: string | null
  /** How long after its stamp that entry was folded. Milliseconds, by two hubs' clocks where another wrote it. */
  readonly lagMs: number
  /** It is stopping: it gives what it has, and takes nothing. */
  readonly leaving: boolean
  /** What it has sealed of the journal: how many lines, and the root over them in base64. Absent where it seals nothing. */
  readonly tree?: { readonly size: number; readonly root: string } | null
}

/**
 * Which hubs of a site are alive. A sign of life is only a reason to take a lease or not to: who has one is in the
 * log, and what may be sent is decided by the log's order, so a sign that is wrong costs time and never a press.
 */
export interface Presence {
  /** How long a sign counts, milliseconds. */
  readonly ttlMs: number
  /**
   * Says that this hub is alive; resolves to all that are, this one among them.
   * @throws LogError `io` where nobody could be told; `locked` while another process goes by this hub's name
   */
  beat(sign: HubSign): Promise<readonly HubSign[]>
  /** This hub is gone now: nobody need wait until its sign is old. Never rejects. */
  leave(): Promise<void>
  close(): Promise<void>
}
