import type { Json, JsonObject } from '../../intents/json.ts'
import { createInput, type Studio, type StudioFilter, type StudioInput } from './studio.ts'
import { type Does, type Done, event, no, taken, unknown, wordOf, yes } from './studio-answers.ts'

type Audio = NonNullable<StudioInput['audio']>

/** A JPEG of one pixel, as OBS sends screenshots. */
const pixel =
  'data:image/jpg;base64,/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA='

const decibel = (amplitude: number) => (amplitude <= 0 ? -100 : 20 * Math.log10(amplitude))

/** Inputs, their sound, their media and their filters. */
export function sourceRequests(studio: Studio): Readonly<Record<string, Does>> {
  const withInput = ({ inputName }: JsonObject, what: (input: StudioInput) => Done): Done => {
    const input = studio.inputs.find(({ name }) => name === inputName)
    return input === undefined ? unknown(inputName) : what(input)
  }
  const withAudio = (data: JsonObject, what: (audio: Audio, input: StudioInput) => Done): Done =>
    withInput(data, (input) =>
      input.audio === null
        ? no(604, 'The specified input does not support audio.')
        : what(input.audio, input),
    )
  const withFilter = (
    { sourceName, filterName }: JsonObject,
    what: (filter: StudioFilter, all: StudioFilter[]) => Done,
  ): Done => {
    const all = studio.filters.get(wordOf(sourceName)) ?? []
    const filter = all.find(({ name }) => name === filterName)
    return filter === undefined
      ? no(600, 'No filter was found in the specified source.')
      : what(filter, all)
  }
  const isSource = (source: Json | undefined) =>
    studio.inputs.some(({ name }) => name === source) ||
    studio.scenes.some(({ name }) => name === source)
  /** Getter and setter of one thing about the sound, and what OBS tells of it. */
  const sound = (
    what: 'balance' | 'syncOffset' | 'monitor',
    names: readonly [request: string, field: string],
  ): Readonly<Record<string, Does>> => {
    const [request, field] = names
    return {
      [`GetInput${request}`]: (data) => withAudio(data, (audio) => yes({ [field]: audio[what] })),
      [`SetInput${request}`]: (data) =>
        withAudio(data, (audio, { name }) => {
          audio[what] = data[field] ?? null
          return yes({}, event(`Input${request}Changed`, { inputName: name, [field]: audio[what] }))
        }),
    }
  }
  const mute = (audio: Audio, inputName: string, inputMuted: boolean) => {
    audio.muted = inputMuted
    return event('InputMuteStateChanged', { inputName, inputMuted })
  }

  return {
    GetInputList: () =>
      yes({
        inputs: studio.inputs.map(({ name, kind }) => ({ inputName: name, inputKind: kind })),
      }),
    GetInputMute: (data) => withAudio(data, ({ muted }) => yes({ inputMuted: muted })),
    SetInputMute: (data) =>
      withAudio(data, (audio, { name }) => yes({}, mute(audio, name, data['inputMuted'] === true))),
    ToggleInputMute: (data) =>
      withAudio(data, (audio, { name }) => {
        const inputMuted = audio.muted !== true
        return yes({ inputMuted }, mute(audio, name, inputMuted))
      }),
    GetInputVolume: (data) =>
      withAudio(data, ({ volume }) =>
        yes({ inputVolumeMul: volume, inputVolumeDb: decibel(Number(volume)) }),
      ),
    SetInputVolume: (data) =>
      withAudio(data, (audio, { name }) => {
        const { inputVolumeMul, inputVolumeDb } = data
        const amplitude =
          typeof inputVolumeMul === 'number' ? inputVolumeMul : 10 ** (Number(inputVolumeDb) / 20)
        // OBS counts in float32
        audio.volume = Math.fround(amplitude)
        const told = { inputVolumeMul: audio.volume, inputVolumeDb: decibel(audio.volume) }
        return yes({}, event('InputVolumeChanged', { inputName: name, ...told }))
      }),
    ...sound('balance', ['AudioBalance', 'inputAudioBalance']),
    ...sound('syncOffset', ['AudioSyncOffset', 'inputAudioSyncOffset']),
    ...sound('monitor', ['AudioMonitorType', 'monitorType']),
    GetMediaInputStatus: (data) =>
      withInput(data, ({ media }) =>
        yes({ mediaState: media, mediaCursor: null, mediaDuration: null }),
      ),
    TriggerMediaInputAction: (data) =>
      withInput(data, (input) => {
        const { mediaAction } = data
        const [, action = ''] = /_ACTION_(\w+)$/.exec(wordOf(mediaAction)) ?? []
        if (input.media === 'OBS_MEDIA_STATE_NONE') return no(604, 'The input is no medium.')
        const after: Readonly<Record<string, string>> = {
          PLAY: 'PLAYING',
          RESTART: 'PLAYING',
          PAUSE: 'PAUSED',
          STOP: 'STOPPED',
        }
        if (after[action] !== undefined) input.media = `OBS_MEDIA_STATE_${after[action]}`
        const what = { inputName: input.name, mediaAction: mediaAction ?? null }
        return yes({}, event('MediaInputActionTriggered', what))
      }),
    GetInputSettings: (data) =>
      withInput(data, ({ kind, settings }) => yes({ inputKind: kind, inputSettings: settings })),
    SetInputSettings: (data) =>
      withInput(data, (input) => {
        const { inputSettings, overlay } = data
        const given = typeof inputSettings === 'object' ? (inputSettings as JsonObject) : {}
        input.settings = overlay === false ? given : { ...input.settings, ...given }
        return yes()
      }),
    CreateInput: ({ sceneName, inputName, inputKind, inputSettings }) => {
      const scene = studio.scenes.find(({ name }) => name === sceneName)
      if (scene === undefined) return unknown(sceneName)
      const name = wordOf(inputName)
      if (isSource(name)) return taken('source')
      const settings = typeof inputSettings === 'object' ? (inputSettings as JsonObject) : {}
      studio.inputs.push(createInput(name, wordOf(inputKind), settings))
      const sceneItemId = ++studio.items
      scene.items.push({ id: sceneItemId, source: name, enabled: true, locked: false })
      const item = { sceneName: scene.name, sourceName: name, sceneItemId }
      return yes(
        { sceneItemId },
        event('InputCreated', { inputName: name, inputKind: wordOf(inputKind) }),
        event('SceneItemCreated', item),
      )
    },
    RemoveInput: (data) =>
      withInput(data, (input) => {
        studio.inputs.splice(studio.inputs.indexOf(input), 1)
        for (const { items } of studio.scenes)
          for (const item of items.filter(({ source }) => source === input.name))
            items.splice(items.indexOf(item), 1)
        return yes({}, event('InputRemoved', { inputName: input.name }))
      }),
    SetInputName: (data) =>
      withInput(data, (input) => {
        const { name: oldInputName } = input
        const inputName = wordOf(data['newInputName'])
        if (isSource(inputName)) return taken('source')
        input.name = inputName
        for (const { items } of studio.scenes)
          for (const item of items) if (item.source === oldInputName) item.source = inputName
        return yes({}, event('InputNameChanged', { oldInputName, inputName }))
      }),
    GetSourceFilterList: ({ sourceName }) =>
      yes({
        filters: (studio.filters.get(wordOf(sourceName)) ?? []).map((one, filterIndex) => ({
          filterName: one.name,
          filterKind: one.kind,
          filterIndex,
          filterEnabled: one.enabled,
          filterSettings: one.settings,
        })),
      }),
    SetSourceFilterEnabled: (data) =>
      withFilter(data, (filter) => {
        filter.enabled = data['filterEnabled'] === true
        return yes({}, event('SourceFilterEnableStateChanged', { ...data }))
      }),
    CreateSourceFilter: ({ sourceName, filterName, filterKind, filterSettings }) => {
      if (!isSource(sourceName)) return unknown(sourceName)
      const source = wordOf(sourceName)
      const all = studio.filters.get(source) ?? []
      const name = wordOf(filterName)
      if (all.some((one) => one.name === name)) return taken('filter')
      const settings = typeof filterSettings === 'object' ? (filterSettings as JsonObject) : {}
      all.push({ name, kind: wordOf(filterKind), settings, enabled: true })
      studio.filters.set(source, all)
      return yes({}, event('SourceFilterCreated', { sourceName: source, filterName: name }))
    },
    RemoveSourceFilter: (data) =>
      withFilter(data, (filter, all) => {
        all.splice(all.indexOf(filter), 1)
        return yes({}, event('SourceFilterRemoved', { ...data }))
      }),
    GetSourceScreenshot: ({ sourceName, imageFormat }) =>
      !isSource(sourceName)
        ? unknown(sourceName)
        : imageFormat === 'jpg' || imageFormat === 'jpeg'
          ? yes({ imageData: pixel })
          : no(400, 'Your specified image format is invalid or not supported by this system.'),
  }
}
