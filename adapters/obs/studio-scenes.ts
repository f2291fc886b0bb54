import type { Json, JsonObject } from '../../intents/json.ts'
import type { Studio, StudioItem } from './studio.ts'
import {
  type Does,
  type Done,
  event,
  no,
  type StudioEvent,
  taken,
  unknown,
  wordOf,
  yes,
} from './studio-answers.ts'

/** Scenes, what is in them, and which of them is seen. */
export function sceneRequests(studio: Studio): Readonly<Record<string, Does>> {
  const scene = (name: Json | undefined) => studio.scenes.find((one) => one.name === name)
  const list = () => studio.scenes.map(({ name }, sceneIndex) => ({ sceneIndex, sceneName: name }))
  const listChanged = () => event('SceneListChanged', { scenes: list() })
  const itemOf = ({ sceneName, sceneItemId }: JsonObject): StudioItem | undefined =>
    scene(sceneName)?.items.find(({ id }) => id === sceneItemId)
  const withScene = (data: JsonObject, what: (name: string, items: StudioItem[]) => Done): Done => {
    const found = scene(data['sceneName'])
    return found === undefined ? unknown(data['sceneName']) : what(found.name, found.items)
  }
  const withItem = (data: JsonObject, what: (item: StudioItem) => Done): Done => {
    const item = itemOf(data)
    return item === undefined ? no(600, 'No scene items were found in the scene.') : what(item)
  }
  /** A transition takes no time here; its events are those of OBS, in its order. */
  const toProgram = (name: string): readonly StudioEvent[] => {
    if (studio.program === name) return []
    const transitionName = studio.transition
    studio.program = name
    return [
      event('SceneTransitionStarted', { transitionName }),
      event('SceneTransitionVideoEnded', { transitionName }),
      event('CurrentProgramSceneChanged', { sceneName: name }),
      event('SceneTransitionEnded', { transitionName }),
    ]
  }
  const itemJson = ({ id, source, enabled, locked }: StudioItem, sceneItemIndex: number) => ({
    sceneItemId: id,
    sceneItemIndex,
    sourceName: source,
    sceneItemEnabled: enabled,
    sceneItemLocked: locked,
  })

  return {
    GetSceneList: () =>
      yes({
        currentProgramSceneName: studio.program,
        currentPreviewSceneName: studio.preview,
        scenes: list(),
      }),
    GetGroupList: () => yes({ groups: [] }),
    GetCurrentProgramScene: () => yes({ currentProgramSceneName: studio.program }),
    GetCurrentPreviewScene: () =>
      studio.preview === null ? no(506) : yes({ currentPreviewSceneName: studio.preview }),
    SetCurrentProgramScene: (data) => withScene(data, (name) => yes({}, ...toProgram(name))),
    SetCurrentPreviewScene: (data) => {
      if (studio.preview === null) return no(506)
      return withScene(data, (sceneName) => {
        const isNew = studio.preview !== sceneName
        studio.preview = sceneName
        return yes({}, ...(isNew ? [event('CurrentPreviewSceneChanged', { sceneName })] : []))
      })
    },
    GetStudioModeEnabled: () => yes({ studioModeEnabled: studio.preview !== null }),
    SetStudioModeEnabled: ({ studioModeEnabled }) => {
      const isOn = studioModeEnabled === true
      if (isOn === (studio.preview !== null)) return yes()
      studio.preview = isOn ? studio.program : null
      return yes({}, event('StudioModeStateChanged', { studioModeEnabled: isOn }))
    },
    TriggerStudioModeTransition: () => {
      const { preview, program } = studio
      if (preview === null) return no(506)
      const events = toProgram(preview)
      studio.preview = program
      return yes({}, ...events, event('CurrentPreviewSceneChanged', { sceneName: program }))
    },
    CreateScene: ({ sceneName }) => {
      if (scene(sceneName) !== undefined) return taken('source')
      const name = wordOf(sceneName)
      studio.scenes.unshift({ name, items: [] })
      return yes({}, listChanged(), event('SceneCreated', { sceneName: name, isGroup: false }))
    },
    RemoveScene: (data) =>
      withScene(data, (sceneName) => {
        if (studio.scenes.length === 1) return no(603, 'You cannot remove the last scene.')
        studio.scenes.splice(
          studio.scenes.findIndex(({ name }) => name === sceneName),
          1,
        )
        const next = studio.scenes.at(-1)?.name ?? ''
        const seen = studio.program === sceneName ? toProgram(next) : []
        if (studio.preview === sceneName) studio.preview = next
        const removed = event('SceneRemoved', { sceneName, isGroup: false })
        return yes({}, removed, ...seen, listChanged())
      }),
    SetSceneName: ({ sceneName, newSceneName }) => {
      const found = scene(sceneName)
      if (found === undefined) return unknown(sceneName)
      if (scene(newSceneName) !== undefined) return taken('source')
      found.name = wordOf(newSceneName)
      if (studio.program === sceneName) studio.program = found.name
      if (studio.preview === sceneName) studio.preview = found.name
      return yes(
        {},
        event('SceneNameChanged', { oldSceneName: sceneName ?? null, sceneName: found.name }),
      )
    },
    GetSceneItemList: (data) =>
      withScene(data, (_, items) => yes({ sceneItems: items.map(itemJson) })),
    GetSceneItemId: (data) =>
      withScene(data, (_, items) => {
        const item = items.find(({ source }) => source === data['sourceName'])
        return item === undefined
          ? no(600, 'No scene items were found in the specified scene by that name or offset.')
          : yes({ sceneItemId: item.id })
      }),
    GetSceneItemEnabled: (data) =>
      withItem(data, ({ enabled }) => yes({ sceneItemEnabled: enabled })),
    SetSceneItemEnabled: (data) =>
      withItem(data, (item) => {
        item.enabled = data['sceneItemEnabled'] === true
        return yes({}, event('SceneItemEnableStateChanged', { ...data }))
      }),
    GetSceneItemLocked: (data) => withItem(data, ({ locked }) => yes({ sceneItemLocked: locked })),
    SetSceneItemLocked: (data) =>
      withItem(data, (item) => {
        item.locked = data['sceneItemLocked'] === true
        return yes({}, event('SceneItemLockStateChanged', { ...data }))
      }),
    CreateSceneItem: (data) =>
      withScene(data, (sceneName, items) => {
        const source = wordOf(data['sourceName'])
        if (!studio.inputs.some(({ name }) => name === source)) return unknown(source)
        const item = { id: ++studio.items, source, enabled: true, locked: false }
        items.push(item)
        const what = { sceneName, sourceName: source, sceneItemId: item.id }
        return yes({ sceneItemId: item.id }, event('SceneItemCreated', what))
      }),
    RemoveSceneItem: (data) =>
      withItem(data, (item) => {
        for (const { items } of studio.scenes)
          if (items.includes(item)) items.splice(items.indexOf(item), 1)
        return yes({}, event('SceneItemRemoved', { ...data, sourceName: item.source }))
      }),
    GetSceneTransitionList: () =>
      yes({
        currentSceneTransitionName: studio.transition,
        transitions: studio.transitions.map(({ name, kind }) => ({
          transitionName: name,
          transitionKind: kind,
        })),
      }),
    GetCurrentSceneTransition: () =>
      yes({
        transitionName: studio.transition,
        transitionDuration: studio.transition === 'Cut' ? null : studio.transitionMs,
      }),
    SetCurrentSceneTransition: ({ transitionName }) => {
      if (!studio.transitions.some(({ name }) => name === transitionName))
        return no(600, 'No scene transition was found by that name.')
      studio.transition = wordOf(transitionName)
      return yes({}, event('CurrentSceneTransitionChanged', { transitionName: studio.transition }))
    },
    SetCurrentSceneTransitionDuration: ({ transitionDuration }) => {
      studio.transitionMs = Number(transitionDuration)
      const what = { transitionDuration: studio.transitionMs }
      return yes({}, event('CurrentSceneTransitionDurationChanged', what))
    },
  }
}
