import {
  flag,
  forEntities,
  integer,
  number,
  numbers,
  object,
  type Service,
  text,
  texts,
  word,
  written,
} from './service.ts'

/** Seconds: an hour is the longest fade a studio asks for. */
const transition = number(0, 3600, 'How long it takes. Seconds')
const flash = word(['short', 'long'], 'Flash instead')

const look = {
  transition,
  brightness: integer(0, 255, 'Brightness, 0 to 255'),
  brightness_pct: number(0, 100, 'Brightness in percent'),
  brightness_step: integer(-255, 255, 'Brighter or darker by so much, of 255'),
  brightness_step_pct: number(-100, 100, 'Brighter or darker by so much, in percent'),
  rgb_color: numbers(3, 0, 255, 'Red, green, blue'),
  rgbw_color: numbers(4, 0, 255, 'Red, green, blue, white'),
  rgbww_color: numbers(5, 0, 255, 'Red, green, blue, cold white, warm white'),
  hs_color: numbers(2, 0, 360, 'Hue 0 to 360, saturation 0 to 100'),
  xy_color: numbers(2, 0, 1, 'CIE 1931 x and y'),
  color_temp_kelvin: integer(1000, 20_000, 'Colour temperature. Kelvin'),
  kelvin: integer(1000, 20_000, 'The same, as it was called until 2023'),
  color_temp: integer(50, 1000, 'Colour temperature as it was given until 2025. Mired'),
  color_name: text('A CSS colour name'),
  white: integer(0, 255, 'White mode with this brightness'),
  profile: text('Name of a light profile'),
  flash,
  effect: text('Name of an effect of the light'),
}

/** Turning a kind of thing on, off and the other way. */
const onOff = (domain: string, what: string, on = {}, off = {}): readonly Service[] => [
  forEntities(`${domain}.turn_on`, `Turn ${what} on`, on),
  forEntities(`${domain}.turn_off`, `Turn ${what} off`, off),
  forEntities(`${domain}.toggle`, `Turn ${what} on or off, whichever it is not`, on),
]

/** Lights, switches and what else is on or off. */
export const lightServices: readonly Service[] = [
  ...onOff('light', 'lights', look, { transition, flash }),
  ...onOff('switch', 'switches'),
  ...onOff('input_boolean', 'helpers'),
  ...onOff('homeassistant', 'anything'),
  ...onOff('fan', 'fans', {
    percentage: integer(0, 100, 'Speed in percent'),
    preset_mode: text('Mode of the fan'),
  }),
  forEntities('fan.set_percentage', 'Set the speed of fans', {
    'percentage!': integer(0, 100, 'Speed in percent'),
  }),
  forEntities('fan.set_preset_mode', 'Set the mode of fans', { 'preset_mode!': text('Mode') }),
  forEntities('fan.set_direction', 'Set the direction of fans', {
    'direction!': word(['forward', 'reverse'], 'Direction'),
  }),
  forEntities('fan.oscillate', 'Let fans swing or not', { 'oscillating!': flag('Swing') }),
  ...onOff('siren', 'sirens', {
    tone: text('Tone'),
    volume_level: number(0, 1, 'Volume, 0 to 1'),
    duration: integer(0, 3600, 'Seconds'),
  }),
  ...onOff('humidifier', 'humidifiers'),
  forEntities('humidifier.set_humidity', 'Set the humidity', {
    'humidity!': integer(0, 100, 'Percent'),
  }),
  forEntities('humidifier.set_mode', 'Set the mode of humidifiers', { 'mode!': text('Mode') }),
  ...onOff('remote', 'remotes', { activity: text('Activity to start') }),
  forEntities('remote.send_command', 'Send commands of a remote control', {
    'command!': texts('Commands'),
    device: text('Device'),
    num_repeats: integer(1, 255, 'How often'),
    delay_secs: number(0, 60, 'Between two. Seconds'),
    hold_secs: number(0, 60, 'How long each is held. Seconds'),
  }),
]

/** Scenes, scripts and automations. */
export const sceneServices: readonly Service[] = [
  forEntities('scene.turn_on', 'Activate scenes', { transition }),
  forEntities('script.turn_on', 'Start scripts and do not wait for their end', {
    variables: object('Variables of the script'),
  }),
  forEntities('script.turn_off', 'Stop scripts'),
  forEntities('script.toggle', 'Start or stop scripts'),
  forEntities('automation.turn_on', 'Enable automations'),
  forEntities('automation.turn_off', 'Disable automations', {
    stop_actions: flag('Stop what they are doing'),
  }),
  forEntities('automation.toggle', 'Enable or disable automations'),
  forEntities('automation.trigger', 'Run the actions of automations', {
    skip_condition: flag('Whatever their conditions say'),
  }),
  forEntities('button.press', 'Press buttons'),
  forEntities('input_button.press', 'Press button helpers'),
  forEntities('input_number.set_value', 'Set number helpers', {
    'value!': number(-1e9, 1e9, 'Value'),
  }),
  forEntities('input_number.increment', 'One step up'),
  forEntities('input_number.decrement', 'One step down'),
  forEntities('number.set_value', 'Set numbers', { 'value!': number(-1e9, 1e9, 'Value') }),
  forEntities('input_text.set_value', 'Set text helpers', { 'value!': written('Text') }),
  forEntities('text.set_value', 'Set texts', { 'value!': written('Text') }),
  ...['input_select', 'select'].flatMap((domain): readonly Service[] => [
    forEntities(`${domain}.select_option`, 'Choose an option', { 'option!': text('Option') }),
    forEntities(`${domain}.select_first`, 'Choose the first option'),
    forEntities(`${domain}.select_last`, 'Choose the last option'),
    forEntities(`${domain}.select_next`, 'Choose the next option', {
      cycle: flag('Start again at the end'),
    }),
    forEntities(`${domain}.select_previous`, 'Choose the option before', {
      cycle: flag('Go on at the end'),
    }),
  ]),
  forEntities('homeassistant.update_entity', 'Ask devices for their state now'),
]
