import { type DialAction, type KeyAction, SingletonAction, streamDeck } from '@elgato/streamdeck'
import { defaultUrl, HubLink } from './hub-link.ts'
import { Keys } from './keys.ts'
import { type ActionKind, actionNames } from './names.ts'
import type { KeySettings } from './wish.ts'

// The program that the Stream Deck app starts: its actions, one connection to the hub, and what the keys show.

type Shown = KeyAction | DialAction

const shown = new Map<string, Shown>()
const hub: HubLink = new HubLink(() => keys.showAll())
const keys: Keys = new Keys(hub, draw)

function draw(id: string, svg: string): void {
  const action = shown.get(id)
  const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  if (action?.isKey() === true) void action.setImage(image)
  else if (action?.isDial() === true) void action.setFeedback({ icon: image })
}

/** A gesture that went nowhere is seen at once, whatever the key shows. */
function alarm(action: Shown, sent: boolean): void {
  if (!sent) void action.showAlert()
}

class HubAction extends SingletonAction {
  override readonly manifestId: string
  readonly #kind: ActionKind

  constructor(kind: ActionKind) {
    super()
    this.#kind = kind
    this.manifestId = actionNames[kind]
  }

  override onWillAppear({
    action,
    payload,
  }: {
    action: Shown
    payload: { settings: KeySettings }
  }) {
    shown.set(action.id, action)
    keys.appeared(action.id, this.#kind, payload.settings)
  }

  override onDidReceiveSettings({
    action,
    payload,
  }: {
    action: Shown
    payload: { settings: KeySettings }
  }) {
    keys.appeared(action.id, this.#kind, payload.settings)
  }

  override onWillDisappear({ action }: { action: { readonly id: string } }) {
    keys.disappeared(action.id)
    shown.delete(action.id)
  }

  override onKeyDown({ action }: { action: KeyAction }) {
    alarm(action, keys.gesture(action.id, 'down'))
  }

  override onKeyUp({ action }: { action: KeyAction }) {
    alarm(action, keys.gesture(action.id, 'up'))
  }

  override onDialDown({ action }: { action: DialAction }) {
    alarm(action, keys.gesture(action.id, 'down'))
  }

  override onDialUp({ action }: { action: DialAction }) {
    alarm(action, keys.gesture(action.id, 'up'))
  }

  override onDialRotate({ action, payload }: { action: DialAction; payload: { ticks: number } }) {
    alarm(action, keys.turned(action.id, payload.ticks))
  }

  override onTouchTap({ action }: { action: DialAction }) {
    alarm(action, keys.gesture(action.id, 'press'))
  }
}

for (const kind of ['control', 'intent', 'macro'] as const)
  streamDeck.actions.registerAction(new HubAction(kind))

function configure(settings: KeySettings): void {
  const { url, token, operator } = settings
  keys.operator = typeof operator === 'string' ? operator.trim().slice(0, 64) : ''
  hub.go({
    url: typeof url === 'string' && url.trim() !== '' ? url.trim() : defaultUrl,
    token: typeof token === 'string' ? token.trim() : '',
  })
}

streamDeck.settings.onDidReceiveGlobalSettings(({ settings }) => configure(settings))
await streamDeck.connect()
configure(await streamDeck.settings.getGlobalSettings())
