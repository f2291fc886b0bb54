// DNS-SD (RFC 6763): what is announced on a network, and what it means to who looks for it.

/** What is looked for, and what it means for the config of who is found. Pure. */
export interface Finding<Options> {
  /** The name of the service without its underscore, as registered: `home-assistant` of `_home-assistant._tcp`. */
  readonly service: string
  readonly transport: 'tcp' | 'udp'
  /** The options that reach it; null where it is none of ours after all. Secrets are for people to add. */
  optionsOf(found: Announced): Options | null
}

/** One service instance as it was announced: hostile, so everything in it is checked before it is used. */
export interface Announced {
  /** The instance's name for people. */
  readonly name: string
  /** An address of it, IPv4 where there is one. */
  readonly host: string
  readonly port: number
  /** The TXT record's pairs (RFC 6763 section 6), keys in lower case. */
  readonly txt: ReadonlyMap<string, string>
}

/** A service of ours, to be announced. */
export interface Service {
  /** Its name without its underscore: `osc` of `_osc._udp`. */
  readonly service: string
  readonly transport: 'tcp' | 'udp'
  /** The address it listens on: one of loopback is never announced. */
  readonly host: string
  /** From 1; 0, any free one, cannot be announced. */
  readonly port: number
  /** Keys of at most nine letters, values of at most 200 characters (RFC 6763 section 6.4). */
  readonly txt: Readonly<Record<string, string>>
}
