import { join } from 'node:path'

/** Where a data folder keeps its journal. */
export function journalOf(data: string): string {
  return join(data, 'journal')
}

/** Where a data folder keeps what was written while the log's server was away. */
export function spoolOf(data: string): string {
  return join(data, 'spool')
}

/** Where a data folder keeps what the journal only commits to. */
export function disclosuresOf(data: string): string {
  return join(data, 'disclosures')
}
