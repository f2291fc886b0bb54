import { bus, buses, formed, input, number, plugin, text, volume, volumeFade } from './parameter.ts'
import { numbers, toggle, type Row } from './row.ts'

const busVolume = formed(/^[A-GM],\d{1,3}(?:\.\d+)?$/, 'Bus and volume: A,80')
const channelVolume = formed(/^\d{1,2},\d{1,3}(?:\.\d+)?$/, 'Channel and volume: 1,80')
const busPlugin = formed(/^[A-GM],\d{1,3}$/, 'Bus and number of the plugin: A,1')
const gain = number(0, 24, 'Gain in dB')

/** Switches an audio plugin: toggle, on, off, and its window. */
function plugins(who: string, what: string, params: Row[2]): readonly Row[] {
  return [
    [`${who}AudioPluginOnOff`, `Toggle an audio plugin of ${what}`, params],
    [`${who}AudioPluginOn`, `Turn on an audio plugin of ${what}`, params],
    [`${who}AudioPluginOff`, `Turn off an audio plugin of ${what}`, params],
    [`${who}AudioPluginShow`, `Show the window of an audio plugin of ${what}`, params],
  ]
}

export const audio: readonly Row[] = [
  ['SetVolume', 'Set the volume of an input', [input, volume]],
  ['SetVolumeFade', 'Fade the volume of an input', [input, volumeFade]],
  ['SetMasterVolume', 'Set the master volume', [volume]],
  ['SetMasterVolumeFade', 'Fade the master volume', [volumeFade]],
  ['SetHeadphonesVolume', 'Set the volume of the headphones', [volume]],
  ['SetBalance', 'Set the balance of an input', [input, number(-1, 1, '-1 left, 1 right')]],
  ['SetGain', 'Set the gain of an input', [input, gain]],
  ...numbers(1, 2).flatMap((n): readonly Row[] => [
    [`SetGainChannel${n}`, `Set the gain of channel ${n} of an input`, [input, gain]],
    [`SetVolumeChannel${n}`, `Set the volume of channel ${n} of an input`, [input, volume]],
  ]),
  ['Audio', 'Toggle the sound of an input', [input]],
  ['AudioOn', 'Unmute an input', [input]],
  ['AudioOff', 'Mute an input', [input]],
  ['MasterAudio', 'Toggle the sound of the master', []],
  ['MasterAudioOn', 'Unmute the master', []],
  ['MasterAudioOff', 'Mute the master', []],
  ...toggle('AudioAuto', 'audio of an input that follows programme', [input]),
  ...toggle('AudioBus', 'an input on a bus', [input, bus]),
  ...toggle('Solo', 'solo of an input', [input]),
  ...toggle('SoloPFL', 'solo before the fader of an input', [input]),
  ['SoloAllOff', 'Turn off solo everywhere', []],
  ...plugins('', 'an input', [input, plugin]),
  ...plugins('Master', 'the master', [plugin]),
  ...plugins('BusX', 'a bus', [busPlugin]),
  ['BusXAudio', 'Toggle the sound of a bus', [bus]],
  ['BusXAudioOn', 'Unmute a bus', [bus]],
  ['BusXAudioOff', 'Mute a bus', [bus]],
  ...toggle('BusXSendToMaster', 'a bus on the master', [bus]),
  ...toggle('BusXSolo', 'solo of a bus', [bus]),
  // functions of their own only for the two buses of old
  ...['A', 'B'].flatMap((one): readonly Row[] => [
    [`Bus${one}Audio`, `Toggle the sound of bus ${one}`, []],
    [`Bus${one}AudioOn`, `Unmute bus ${one}`, []],
    [`Bus${one}AudioOff`, `Mute bus ${one}`, []],
    ...plugins(`Bus${one}`, `bus ${one}`, [plugin]),
  ]),
  ...buses.flatMap((one): readonly Row[] => [
    [`SetBus${one}Volume`, `Set the volume of bus ${one}`, [volume]],
    [`SetBus${one}VolumeFade`, `Fade the volume of bus ${one}`, [volumeFade]],
  ]),
  ['SetVolumeBusMixer', 'Set how much of an input goes to a bus', [input, busVolume]],
  ...['M', ...buses].map((one): Row => [
    `SetVolumeBusMixer${one}`,
    `Set how much of an input goes to bus ${one}`,
    [input, volume],
  ]),
  ['SetVolumeChannelMixer', 'Set the volume of a channel of an input', [input, channelVolume]],
  ...numbers(1, 16).map((n): Row => [
    `SetVolumeChannelMixer${n}`,
    `Set the volume of channel ${n} of an input`,
    [input, volume],
  ]),
  [
    'AudioChannelMatrixApplyPreset',
    'Use a preset of the channel matrix',
    [input, text('Name of the preset')],
  ],
  ['AudioMixerShowHide', 'Show or hide the audio mixer', []],
]
