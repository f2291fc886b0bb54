import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'

/** What the plugin says to the app. */
export interface SaidToApp {
  readonly event: string
  readonly context?: string
  readonly id?: string
  readonly payload?: Readonly<Record<string, unknown>>
}

/**
 * The Stream Deck app as a plugin sees it: starts it with a port, and speaks the documented JSON over a WebSocket (Elgato's
 * Stream Deck SDK, "Plugin environment" and "WebSocket reference").
 */
export class EmulatedApp {
  readonly said: SaidToApp[] = []
  globalSettings: Readonly<Record<string, unknown>> = {}
  registered: unknown = null
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  #plugin: ChildProcess | null = null
  #socket: WebSocket | null = null
  #watchers: (() => void)[] = []

  /** Starts the packaged plugin as the app does, and resolves when it has registered. */
  async start(folder: string): Promise<void> {
    if (this.#server.address() === null) await once(this.#server, 'listening')
    const { port } = this.#server.address() as AddressInfo // a port of ours
    this.#server.on('connection', (socket) => {
      this.#socket = socket
      socket.on('message', (bytes: Buffer) => this.#take(bytes))
    })
    const info = {
      application: { language: 'en', platform: 'mac', version: '6.9.0', platformVersion: '14' },
      plugin: { uuid: 'com.infrafabric.desk', version: '0.1.0.0' },
      devicePixelRatio: 2,
      colors: {},
      devices: [{ id: 'D1', name: 'Deck', size: { columns: 5, rows: 3 }, type: 0 }],
    }
    const args = [
      '-port',
      String(port),
      '-pluginUUID',
      'PLUGIN1',
      '-registerEvent',
      'registerPlugin',
    ]
    this.#plugin = spawn(
      process.execPath,
      [join(folder, 'bin/plugin.js'), ...args, '-info', JSON.stringify(info)],
      { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    await this.until(() => this.registered !== null)
  }

  async close(): Promise<void> {
    const gone = this.#plugin === null ? null : once(this.#plugin, 'exit')
    this.#plugin?.kill()
    await gone
    for (const client of this.#server.clients) client.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  send(message: Readonly<Record<string, unknown>>): void {
    this.#socket?.send(JSON.stringify(message))
  }

  /** A key comes on the glass. */
  appears(context: string, action: string, settings: object, controller = 'Keypad'): void {
    this.#key('willAppear', context, action, { settings, controller })
  }

  keyDown(context: string, action: string, settings: object): void {
    this.#key('keyDown', context, action, { settings })
  }

  keyUp(context: string, action: string, settings: object): void {
    this.#key('keyUp', context, action, { settings })
  }

  turns(context: string, action: string, ticks: number): void {
    this.#key('dialRotate', context, action, {
      settings: {},
      ticks,
      pressed: false,
      controller: 'Encoder',
    })
  }

  /** The newest picture of a key, as the SVG that it is. */
  glass(context: string): string {
    const newest = this.said.findLast(
      (said) => said.context === context && ['setImage', 'setFeedback'].includes(said.event),
    )
    const image = newest?.payload?.['image'] ?? newest?.payload?.['icon']
    const [, base64 = ''] = (typeof image === 'string' ? image : '').split('base64,')
    return Buffer.from(base64, 'base64').toString()
  }

  /** Resolves once `reached` is true; looked at after each thing that the plugin says. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher()
  }

  #key(event: string, context: string, action: string, payload: object): void {
    const coordinates = { column: 0, row: 0 }
    const whole = { controller: 'Keypad', coordinates, isInMultiAction: false, ...payload }
    this.send({ event, context, action, device: 'D1', payload: whole })
  }

  #take(bytes: Buffer): void {
    const said = JSON.parse(bytes.toString()) as SaidToApp & { readonly uuid?: string } // our own plugin
    if (said.event === 'registerPlugin') this.registered = said.uuid
    if (said.event === 'getGlobalSettings')
      this.send({
        event: 'didReceiveGlobalSettings',
        ...(said.id === undefined ? {} : { id: said.id }),
        payload: { settings: this.globalSettings },
      })
    this.said.push(said)
    this.changed()
  }
}
