// @ts-check

/** @typedef {readonly [number, number, number]} Rgb each 0 to 255 */

/**
 * `#rgb` or `#rrggbb`; anything else is the neutral key colour, because a config may say what it likes.
 *
 * @param {string} hex
 * @returns {Rgb}
 */
export function parseColour(hex) {
  const long = /^#[0-9a-f]{3}$/i.test(hex) ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex
  if (!/^#[0-9a-f]{6}$/i.test(long)) return [42, 50, 61]
  const value = Number.parseInt(long.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** @param {Rgb} rgb @returns {number} relative luminance, WCAG 2.2 */
function luminance(rgb) {
  const [r, g, b] = /** @type {[number, number, number]} */ (
    rgb.map((channel) => {
      const c = channel / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** @param {Rgb} a @param {Rgb} b @returns {number} contrast ratio 1 to 21, WCAG 2.2 */
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

/** @type {Rgb} */
const white = [255, 255, 255]
/** @type {Rgb} */
const black = [0, 0, 0]

/**
 * The ink that reads best on a colour. Black or white always reaches 4.58:1, so every colour passes WCAG AA.
 *
 * @param {Rgb} rgb
 */
export function inkOn(rgb) {
  return contrast(rgb, white) >= contrast(rgb, black) ? white : black
}

/** What a large text needs, WCAG 2.2. */
const largeText = 3

/**
 * The ink of a text: the one that was chosen, unless it cannot be read here, where a key at rest is darker than its colour.
 *
 * @param {string | null} hex
 * @param {Rgb} ground
 */
export function textInk(hex, ground) {
  const chosen = hex === null ? null : parseColour(hex)
  return chosen !== null && contrast(chosen, ground) >= largeText ? chosen : inkOn(ground)
}

/** @type {Rgb} */
const keyDark = [17, 22, 29]

/**
 * The colour at rest: mixed with the dark of the key, so that a lit key stands out.
 *
 * @param {Rgb} rgb
 * @param {number} share 0 to 1, how much of the colour stays
 * @returns {Rgb}
 */
export function rest(rgb, share) {
  const mix = (/** @type {0 | 1 | 2} */ i) => Math.round(rgb[i] * share + keyDark[i] * (1 - share))
  return [mix(0), mix(1), mix(2)]
}

/** @param {Rgb} rgb */
export function css(rgb) {
  return `rgb(${rgb.join(' ')})`
}
