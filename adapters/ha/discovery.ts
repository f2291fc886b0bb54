import type { Discovery } from '../adapter.ts'

/**
 * Home Assistant announces `_home-assistant._tcp` (developer documents, "Instance discovery"). Only where it was announced from
 * is used: a URL in a TXT record could lead the token anywhere.
 */
export const discovery: Discovery = {
  service: 'home-assistant',
  transport: 'tcp',
  optionsOf({ host, port, txt }) {
    // the page that is shown while it is being installed
    if (txt.get('landingpage') === 'True') return null
    if (!Number.isInteger(port) || port < 1 || port > 65_535 || host === '') return null
    const internal = txt.get('internal_url') ?? ''
    const tls = URL.canParse(internal) && isTlsAt(new URL(internal), port)
    return { host, port, ...(tls ? { tls } : {}) }
  },
}

/** Whether a URL says that this port speaks TLS. */
function isTlsAt({ protocol, port: text }: URL, port: number): boolean {
  return protocol === 'https:' && Number(text || 443) === port
}
