import type { Json } from '../../intents/json.ts'

/** Of a grid of this size, on every page from 1 on. */
const rows = 4
const columns = 8
const steps = 2
const mostPages = 999

/** What Companion answers, whichever way it was asked. */
export type Said = 'ok' | 'no control' | 'bad step' | 'unknown name' | 'no page'

/** What a simulated Companion knows. Its buttons do nothing, which is what a real one's answer says as well. */
export interface Simulated {
  /** Whether a control is there to be pressed. */
  control(page: number, row: number, column: number): Said
  step(page: number, row: number, column: number, step: number): Said
  style(page: number, row: number, column: number, style: Readonly<Record<string, Json>>): Said
  write(name: string, value: Json): Said
  /** undefined where it does not exist. */
  read(connection: string, name: string): Json | undefined
  turn(page: number): Said
  /** Whether a connection is switched on; undefined where it does not exist. */
  enabled(id: string, next?: boolean): boolean | undefined
  readonly styles: ReadonlyMap<string, Readonly<Record<string, Json>>>
}

export function createSimulated(): Simulated {
  const variables = new Map<string, Json>([
    ['custom:cue', 'intro'],
    ['custom:count', 7],
    ['internal:instance_errors', 0],
    ['obs:recording', 'Stopped'],
  ])
  const connections = new Map([['obs', true]])
  const styles = new Map<string, Readonly<Record<string, Json>>>()
  const control: Simulated['control'] = (page, row, column) => {
    const isOn = (at: number, most: number) => Number.isInteger(at) && at >= 0 && at < most
    const isPage = Number.isInteger(page) && page >= 1 && page <= mostPages
    return isPage && isOn(row, rows) && isOn(column, columns) ? 'ok' : 'no control'
  }
  return {
    styles,
    control,
    step(page, row, column, step) {
      const said = control(page, row, column)
      if (said !== 'ok') return said
      return Number.isInteger(step) && step >= 1 && step <= steps ? 'ok' : 'bad step'
    },
    style(page, row, column, style) {
      const said = control(page, row, column)
      const at = `${page}/${row}/${column}`
      if (said === 'ok') styles.set(at, { ...styles.get(at), ...style })
      return said
    },
    write(name, value) {
      if (!variables.has(`custom:${name}`)) return 'unknown name'
      variables.set(`custom:${name}`, value)
      return 'ok'
    },
    read: (connection, name) => variables.get(`${connection}:${name}`),
    turn: (page) => (Number.isInteger(page) && page >= 1 && page <= mostPages ? 'ok' : 'no page'),
    enabled(id, next) {
      if (next !== undefined && connections.has(id)) connections.set(id, next)
      return connections.get(id)
    },
  }
}
