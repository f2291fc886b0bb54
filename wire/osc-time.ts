/** Seconds from NTP's epoch, 1900, to 1970 (RFC 5905 figure 4). */
const from1900 = 2_208_988_800n

/** The OSC time tag of a moment: NTP's 64 bits. @param ms since 1970, UTC; whole */
export function timeTag(ms: number): bigint {
  const whole = BigInt(Math.trunc(ms))
  const seconds = whole / 1000n + from1900
  const fraction = ((whole % 1000n) << 32n) / 1000n
  // 32 bits of seconds begin anew in 2036, as NTP's do
  return BigInt.asUintN(64, (seconds << 32n) | fraction)
}
