import type { Discovery } from '../adapter.ts'

/**
 * Companion 5.0 and later announce the ports for Satellite boxes, with its version in the TXT record. The port of its HTTP API is not
 * announced: it is the usual one unless somebody has changed it.
 */
export const discovery: Discovery = {
  service: 'companion-satellite-tcp',
  transport: 'tcp',
  optionsOf({ host, txt }) {
    // boxes that connect to a Companion announce themselves under another name; this one always has these
    return txt.has('version') && txt.has('protocolversion') ? { host } : null
  },
}
