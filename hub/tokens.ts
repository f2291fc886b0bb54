import { join } from 'node:path'

// Tokens are the HTTP surface's; the command line reaches them through the hub, like everything else.
export { addToken, listTokens, removeToken } from '../surfaces/http/tokens.ts'

/** Where a data folder keeps its tokens, hashed. */
export function tokenFile(data: string): string {
  return join(data, 'tokens.json')
}
