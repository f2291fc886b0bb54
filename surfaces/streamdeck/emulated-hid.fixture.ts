import { EventEmitter } from 'node:events'
import { DEVICE_MODELS, type DeviceModelSpec, type HIDDevice } from '@elgato-stream-deck/core'
import { encodeJpeg } from '../render/jpeg.ts'
import type { Deck } from './deck.ts'

/** The HID device under a Stream Deck as the library's own models drive it: keeps what is written, says what a test wants. */
export class EmulatedHid extends EventEmitter {
  readonly reports: Buffer[] = []
  readonly features: Buffer[] = []
  closed = false
  /** Writes wait here while it is not null. */
  stalled: Promise<void> | null = null
  readonly #changed = new EventEmitter()

  async sendReports(reports: Uint8Array[]): Promise<void> {
    if (this.stalled !== null) await this.stalled
    if (this.closed) throw new Error('cannot write to a device that is gone')
    for (const report of reports) this.reports.push(Buffer.from(report))
    this.#changed.emit('change')
  }

  async sendFeatureReport(report: Uint8Array): Promise<void> {
    this.features.push(Buffer.from(report))
    this.#changed.emit('change')
  }

  async getFeatureReport(_: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(Math.max(32, length))
  }

  async getDeviceInfo() {
    return { path: 'emulated', vendorId: 0x0fd9, productId: 0 }
  }

  async getChildDeviceInfo() {
    return null
  }

  async close(): Promise<void> {
    this.closed = true
    this.#changed.emit('change')
  }

  /** Resolves once `reached` is true; looked at after each thing that is written. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise((resolve) => this.#changed.once('change', resolve))
  }

  /** As node-hid tells it (HIDAsync, `resume`): what is thrown at a report is an error of the device, in a later turn. */
  report(bytes: Buffer): void {
    try {
      this.emit('input', bytes)
    } catch (error) {
      setImmediate(() => this.closed || this.emit('error', error))
    }
  }

  /** An input report without its number, as the system hands it to the library. */
  input(hex: string): void {
    this.emit(
      'input',
      Buffer.alloc(512, Buffer.from(hex.replaceAll(' ', ''), 'hex')).fill(
        0,
        hex.replaceAll(' ', '').length / 2,
      ),
    )
  }
}

export function modelNamed(id: string): DeviceModelSpec {
  const model = new Map<string, DeviceModelSpec>(DEVICE_MODELS.map((one) => [one.id, one])).get(id)
  if (model === undefined) throw new Error(`the library knows no model ${id}`)
  return model
}

/** A deck as the library makes it of a model, on an emulated device. */
export async function emulatedDeck(
  model: DeviceModelSpec,
): Promise<{ hid: EmulatedHid; deck: Deck }> {
  const hid = new EmulatedHid()
  // the library asks for its own kind of emitter, which has the same methods
  const device = hid as unknown as HIDDevice
  const deck = await model.factory(device, { encodeJPEG: encodeJpeg })
  return { hid, deck }
}
