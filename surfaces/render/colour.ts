/** The console's colours (web/style.css): one state looks the same wherever it is shown. */
export const palette = {
  good: '#4ade95',
  sent: '#7db8ff',
  wait: '#ffc65c',
  bad: '#ff7a76',
  badGround: '#6e0d14',
  badText: '#ffd5d3',
  focus: '#6ccbff',
  dark: '#0a0d12',
  light: '#ffffff',
} as const

/** A face's colour, `#rrggbb`; what is none becomes `otherwise`, because a config or a device may say what it likes. */
export function hexColour(colour: string, otherwise: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : otherwise
}
