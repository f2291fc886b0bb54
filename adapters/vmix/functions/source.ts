import { buses, formed, input, text, whole, word } from './parameter.ts'
import { onOff, type Row } from './row.ts'

/** What comes from elsewhere: the web browser, NDI, OMT, calls and meetings. */
export const sources: readonly Row[] = [
  ['BrowserNavigate', 'Open an address', [input, text('URL')]],
  ['BrowserBack', 'Go back', [input]],
  ['BrowserForward', 'Go forward', [input]],
  ['BrowserReload', 'Load the page again', [input]],
  ['BrowserKeyboardEnabled', 'Let the keyboard reach the page', [input]],
  ['BrowserKeyboardDisabled', 'Keep the keyboard from the page', [input]],
  ['BrowserMouseEnabled', 'Let the mouse reach the page', [input]],
  ['BrowserMouseDisabled', 'Keep the mouse from the page', [input]],
  ['NDICommand', 'Send a command to an NDI source', [input, text('Command')]],
  ['NDISelectSourceByIndex', 'Choose an NDI source', [input, whole(0, 100, 'Number, from 0')]],
  ['NDISelectSourceByName', 'Choose an NDI source', [input, text('Name')]],
  ['NDIStartRecording', 'Start the recording of an NDI source', [input]],
  ['NDIStopRecording', 'Stop the recording of an NDI source', [input]],
  ['OMTSelectSourceByIndex', 'Choose an OMT source', [input, whole(0, 100, 'Number, from 0')]],
  ['OMTSelectSourceByName', 'Choose an OMT source', [input, text('Name')]],
  ...onOff('OMTPreview', 'the small picture of an OMT source', [input]),
  [
    'VideoCallAudioSource',
    'Choose what a caller hears',
    [input, word(['Master', 'Headphones', ...buses.map((one) => `Bus${one}`)], 'Source')],
  ],
  [
    'VideoCallVideoSource',
    'Choose what a caller sees',
    [input, word(['Output1', 'Output2', 'Output3', 'Output4', 'None'], 'Source')],
  ],
  ['VideoCallConnect', 'Call', [input, formed(/^[^,]+,[^,]*$/, 'Name,Password')]],
  ['VideoCallReconnect', 'Call again', [input]],
  ['ZoomJoinMeeting', 'Join a Zoom meeting', [input, formed(/^[^,]+,[^,]*$/, 'Meeting,Password')]],
  ['ZoomMuteSelf', 'Mute oneself in a Zoom meeting', [input]],
  ['ZoomUnMuteSelf', 'Unmute oneself in a Zoom meeting', [input]],
  ['ZoomSelectParticipantByName', 'Choose who of a Zoom meeting is seen', [input, text('Name')]],
]
