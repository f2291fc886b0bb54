import { readFileSync } from 'node:fs'
import type { SurfaceConfig } from '../../config/config.ts'
import { resolveSecrets } from '../../config/secret.ts'
import { SurfaceError } from '../../surfaces/surface.ts'

/** The PINs of a surface's panels, by what the config has for them. @throws SurfaceError */
export function pinsOf(
  name: string,
  { panel, panels }: SurfaceConfig,
): ReadonlyMap<string, string> {
  const pins = new Map<string, string>()
  for (const { lock } of [panel, ...panels.values()]) {
    if (lock === null || pins.has(lock.pin)) continue
    const resolved = resolveSecrets({ pin: lock.pin }, process.env, (path) =>
      readFileSync(path, 'utf8'),
    )
    if (!resolved.ok) throw new SurfaceError('panel.lock.pin', resolved.detail)
    const { pin } = resolved.options
    if (typeof pin !== 'string' || !/^\d{4,16}$/.test(pin))
      throw new SurfaceError(
        'panel.lock.pin',
        `${lock.pin} of ${name} is not four to sixteen digits`,
      )
    pins.set(lock.pin, pin)
  }
  return pins
}
