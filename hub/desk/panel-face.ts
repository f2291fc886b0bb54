import type { ControlConfig, RangeConfig } from '../../config/config.ts'
import type { Devices } from '../../projections/devices.ts'
import { succeeded } from '../../intents/outcome.ts'
import type { Face, FacePicture, FaceState } from '../../surfaces/desk.ts'
import type { FaceView } from '../../surfaces/http/panel-view.ts'
import { isLit } from './faces.ts'

/** A control's face for a panel: what the console shows, and what only glass and motors do. */
export function panelFace(
  control: ControlConfig,
  view: FaceView,
  devices: Devices,
  { asksMs, picture }: { readonly asksMs: number | null; readonly picture: FacePicture | null },
): Face {
  return {
    text: control.text,
    textColour: control.textColour ?? inkOn(control.colour),
    colour: control.colour,
    size: control.size,
    alignment: control.alignment,
    picture,
    state: stateOf(view, asksMs),
    lit: isLit(control, devices),
    progress: shareOf(control.progress, devices) ?? view.run?.share ?? null,
    level: shareOf(control.fader, devices),
  }
}

function stateOf({ state, run, last }: FaceView, asksMs: number | null): FaceState {
  switch (state) {
    case 'asks':
      return { is: 'asks', withinMs: asksMs ?? 0 }
    case 'pending':
      if (run !== null && run.question !== null) return { is: 'asks', withinMs: asksMs ?? 0 }
      return { is: 'pending' }
    case 'failed':
      return { is: 'failed', reason: last === null ? '' : last.detail || last.outcome }
    case 'on':
    case 'idle':
      if (last === null || !succeeded(last.outcome)) return { is: 'idle' }
      return { is: last.outcome === 'confirmed' ? 'confirmed' : 'sent' }
    default:
      return state satisfies never
  }
}

/** Where a reported number stands on its way, 0 to 1; null where the device reports none. */
function shareOf(range: RangeConfig | null, devices: Devices): number | null {
  if (range === null) return null
  const value = devices.devices.get(range.device)?.reported.get(range.path)?.value
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  return Math.min(1, Math.max(0, (value - range.from) / (range.to - range.from)))
}

/** Black or white, whichever stands out more from `#rrggbb`: relative luminance as in WCAG 2.2. */
function inkOn(colour: string): string {
  const channel = (from: number) => {
    const share = Number.parseInt(colour.slice(from, from + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  // where both have the same contrast: (1.05)/(L+0.05) = (L+0.05)/0.05
  return luminance > 0.179 ? '#000000' : '#ffffff'
}
