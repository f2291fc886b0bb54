// @ts-check

/**
 * Keeps an image at the newest of what it is to show. One load at a time: pictures that come faster than they load are passed
 * over, and the one before stays until the next is there. What cannot be shown is hidden.
 *
 * @param {HTMLImageElement} image
 * @param {() => void} changed it failed, or shows again
 */
export function createPicture(image, changed) {
  /** @type {string | null} */
  let wanted = null
  /** @type {string | null} */
  let loading = null
  let failed = false

  function load() {
    loading = wanted
    if (loading !== null) image.src = loading
  }

  /** @param {boolean} good */
  function loaded(good) {
    if (loading === null) return
    const isNewest = loading === wanted
    loading = null
    if (!isNewest) return load()
    image.hidden = !good
    if (failed === !good) return
    failed = !good
    changed()
  }
  image.addEventListener('load', () => loaded(true))
  image.addEventListener('error', () => loaded(false))

  return {
    /** @param {string | null} address null: nothing */
    show(address) {
      if (address === wanted) return
      wanted = address
      if (address === null) {
        loading = null
        failed = false
        image.hidden = true
        image.removeAttribute('src')
      } else if (loading === null) load()
    },
    /** Whether what it is to show cannot be shown. */
    isBroken() {
      return failed
    },
  }
}
