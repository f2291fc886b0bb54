import type { JsonObject } from '../../intents/json.ts'
import type { Studio } from './studio.ts'
import { type Does, type Done, event, no, wordOf, yes } from './studio-answers.ts'

const state = (word: string) => `OBS_WEBSOCKET_OUTPUT_${word}`

/** What OBS records and sends, and its collections and profiles. */
export function outputRequests(studio: Studio): Readonly<Record<string, Does>> {
  const file = (what: string) => `/recordings/${what} ${studio.files}.mkv`
  const runs = (
    base: 'record' | 'stream' | 'virtualCamera' | 'replayBuffer',
    request: string,
    told: string,
  ): Readonly<Record<string, Does>> => {
    const { [base]: output } = studio
    const path = (): JsonObject => (base === 'record' ? { outputPath: file('recording') } : {})
    const start = (): Done => {
      if (output.active) return no(500)
      output.active = true
      if (base === 'record') studio.files++
      return yes(
        { outputActive: true },
        event(told, { outputActive: false, outputState: state('STARTING') }),
        event(told, { outputActive: true, outputState: state('STARTED'), ...path() }),
      )
    }
    const stop = (): Done => {
      if (!output.active) return no(501)
      output.active = false
      output.paused = false
      return yes(
        { outputActive: false, ...path() },
        event(told, { outputActive: false, outputState: state('STOPPING') }),
        event(told, { outputActive: false, outputState: state('STOPPED'), ...path() }),
      )
    }
    return {
      [`Start${request}`]: start,
      [`Stop${request}`]: stop,
      [`Toggle${request}`]: () => (output.active ? stop() : start()),
      [`Get${request}Status`]: () =>
        yes({ outputActive: output.active, outputPaused: output.paused }),
    }
  }
  const pause = (outputPaused: boolean): Done => {
    const { record } = studio
    if (!record.active) return no(501)
    if (record.paused === outputPaused) return no(outputPaused ? 502 : 503)
    record.paused = outputPaused
    const outputState = state(outputPaused ? 'PAUSED' : 'RESUMED')
    const told = event('RecordStateChanged', { outputActive: !outputPaused, outputState })
    return yes({ outputPaused }, told)
  }

  return {
    ...runs('record', 'Record', 'RecordStateChanged'),
    ...runs('stream', 'Stream', 'StreamStateChanged'),
    ...runs('virtualCamera', 'VirtualCam', 'VirtualcamStateChanged'),
    ...runs('replayBuffer', 'ReplayBuffer', 'ReplayBufferStateChanged'),
    PauseRecord: () => pause(true),
    ResumeRecord: () => pause(false),
    ToggleRecordPause: () => pause(!studio.record.paused),
    SaveReplayBuffer: () => {
      if (!studio.replayBuffer.active) return no(501)
      studio.files++
      return yes({}, event('ReplayBufferSaved', { savedReplayPath: file('replay') }))
    },
    GetProfileList: () =>
      yes({ currentProfileName: studio.profile, profiles: [...studio.profiles] }),
    SetCurrentProfile: ({ profileName }) => {
      const name = wordOf(profileName)
      if (!studio.profiles.includes(name)) return no(600)
      studio.profile = name
      return yes({}, event('CurrentProfileChanged', { profileName: name }))
    },
    CreateProfile: ({ profileName }) => {
      const name = wordOf(profileName)
      if (studio.profiles.includes(name)) return no(601)
      studio.profiles.push(name)
      studio.profile = name
      return yes({}, event('ProfileListChanged', { profiles: [...studio.profiles] }))
    },
    GetSceneCollectionList: () =>
      yes({
        currentSceneCollectionName: studio.collection,
        sceneCollections: [...studio.collections],
      }),
    SetCurrentSceneCollection: ({ sceneCollectionName }) => {
      const name = wordOf(sceneCollectionName)
      if (!studio.collections.includes(name)) return no(600)
      const changing = { sceneCollectionName: studio.collection }
      studio.collection = name
      return yes(
        {},
        event('CurrentSceneCollectionChanging', changing),
        event('CurrentSceneCollectionChanged', { sceneCollectionName: name }),
      )
    },
    GetVersion: () =>
      yes({ obsVersion: '29.0.2', obsWebSocketVersion: '5.1.0', rpcVersion: 1, platform: 'none' }),
    GetStats: () => yes({ cpuUsage: 1, activeFps: 30, renderSkippedFrames: 0 }),
  }
}
