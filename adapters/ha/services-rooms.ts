import { forEntities, integer, number, type Service, text, word } from './service.ts'

const code = text('Code, where the lock or the panel wants one')
const speed = text('Speed, where the cover has some')

/** Covers, climate and locks. */
export const roomServices: readonly Service[] = [
  forEntities('cover.open_cover', 'Open covers', { speed }),
  forEntities('cover.close_cover', 'Close covers', { speed }),
  forEntities('cover.toggle', 'Open or close covers'),
  forEntities('cover.stop_cover', 'Stop covers'),
  forEntities('cover.set_cover_position', 'Move covers', {
    'position!': integer(0, 100, '0 closed, 100 open'),
    speed,
  }),
  forEntities('cover.open_cover_tilt', 'Open the slats'),
  forEntities('cover.close_cover_tilt', 'Close the slats'),
  forEntities('cover.toggle_cover_tilt', 'Open or close the slats'),
  forEntities('cover.stop_cover_tilt', 'Stop the slats'),
  forEntities('cover.set_cover_tilt_position', 'Turn the slats', {
    'tilt_position!': integer(0, 100, '0 closed, 100 open'),
  }),
  forEntities('climate.turn_on', 'Turn climate devices on'),
  forEntities('climate.turn_off', 'Turn climate devices off'),
  forEntities('climate.toggle', 'Turn climate devices on or off'),
  forEntities('climate.set_hvac_mode', 'Set the mode', {
    'hvac_mode!': text('off, heat, cool, heat_cool, auto, dry, fan_only'),
  }),
  forEntities('climate.set_temperature', 'Set the wanted temperature', {
    temperature: number(-100, 500, "In Home Assistant's unit"),
    target_temp_low: number(-100, 500, 'Lower end of the range'),
    target_temp_high: number(-100, 500, 'Upper end of the range'),
    hvac_mode: text('Mode to set with it'),
  }),
  forEntities('climate.set_humidity', 'Set the wanted humidity', {
    'humidity!': integer(0, 100, 'Percent'),
  }),
  forEntities('climate.set_fan_mode', 'Set the fan', { 'fan_mode!': text('Mode of the fan') }),
  forEntities('climate.set_preset_mode', 'Set the preset', { 'preset_mode!': text('Preset') }),
  forEntities('climate.set_swing_mode', 'Set the swing', { 'swing_mode!': text('Swing') }),
  forEntities('lock.lock', 'Lock', { code }),
  forEntities('lock.unlock', 'Unlock', { code }),
  forEntities('lock.open', 'Open the latch', { code }),
  forEntities('vacuum.start', 'Start or go on cleaning'),
  forEntities('vacuum.pause', 'Pause cleaning'),
  forEntities('vacuum.stop', 'Stop cleaning'),
  forEntities('vacuum.return_to_base', 'Send home'),
  ...['arm_home', 'arm_away', 'arm_night', 'disarm'].map((how) =>
    forEntities(`alarm_control_panel.alarm_${how}`, `Alarm panel: ${how.replace('_', ' ')}`, {
      code,
    }),
  ),
  forEntities('camera.turn_on', 'Turn cameras on'),
  forEntities('camera.turn_off', 'Turn cameras off'),
  forEntities('camera.enable_motion_detection', 'Watch for motion'),
  forEntities('camera.disable_motion_detection', 'Do not watch for motion'),
  forEntities('camera.snapshot', "Store a picture on Home Assistant's disk", {
    'filename!': text('Path there'),
  }),
  forEntities('camera.record', "Record to Home Assistant's disk", {
    'filename!': text('Path there'),
    duration: integer(1, 3600, 'Seconds'),
    lookback: integer(0, 300, 'Seconds before now, where there are some'),
  }),
  forEntities('camera.play_stream', 'Show the stream on media players', {
    'media_player!': text('Media player'),
    format: text('Format: hls'),
  }),
  forEntities('onvif.ptz', 'Pan, tilt and zoom an ONVIF camera', {
    pan: word(['LEFT', 'RIGHT'], 'Pan'),
    tilt: word(['UP', 'DOWN'], 'Tilt'),
    zoom: word(['ZOOM_IN', 'ZOOM_OUT'], 'Zoom'),
    distance: number(0, 1, 'How far, 0 to 1'),
    speed: number(0, 1, 'How fast, 0 to 1'),
    continuous_duration: number(0, 60, 'Of a ContinuousMove. Seconds'),
    preset: text('Token of the preset, for GotoPreset'),
    move_mode: word(
      ['RelativeMove', 'ContinuousMove', 'AbsoluteMove', 'GotoPreset', 'Stop'],
      'How it moves',
    ),
  }),
]
