// @ts-check
/** @import { Json } from '../intents/json.js' */
/** @import { DeviceView } from '../surfaces/http/device-view.js' */
import { byId, make, setText } from './element.js'
import { markIcon } from './mark.js'
import { duration, valueText } from './sentence.js'

/**
 * Whether what a device says is what was asked of it. Key order does not count.
 *
 * @param {Json | undefined} asked
 * @param {Json | undefined} said
 * @returns {boolean}
 */
export function same(asked, said) {
  if (asked === said) return true
  if (typeof asked !== 'object' || typeof said !== 'object' || !asked || !said) return false
  if (Array.isArray(asked) !== Array.isArray(said)) return false
  const [a, b] = [Object.entries(asked), new Map(Object.entries(said))]
  return a.length === b.size && a.every(([key, value]) => b.has(key) && same(value, b.get(key)))
}

/** What of a device differs from what was asked; a path the device does not report cannot differ. @param {DeviceView} device */
export function differences(device) {
  return Object.entries(device.desired)
    .filter(([path, { value }]) => {
      const said = device.reported[path]
      return said !== undefined && !same(value, said.value)
    })
    .map(([path]) => path)
}

/** @typedef {{ at: number, what: string, detail: string }} LastFailure */

/** The cards of all devices. */
export function createDevices() {
  const list = byId('devices', HTMLUListElement)
  const count = byId('devices-count', HTMLElement)
  /** @type {Map<string, LastFailure>} */
  const failures = new Map()
  /** @type {Set<string>} whose values are unfolded */
  const open = new Set()
  let drawn = ''

  list.addEventListener(
    'toggle',
    (event) => {
      const box = event.target
      if (!(box instanceof HTMLDetailsElement) || !box.dataset['device']) return
      if (box.open) open.add(box.dataset['device'])
      else open.delete(box.dataset['device'])
    },
    true,
  )

  return {
    /** @param {string} device @param {LastFailure} failure */
    failed(device, failure) {
      if ((failures.get(device)?.at ?? 0) <= failure.at) failures.set(device, failure)
    },
    /** @param {readonly DeviceView[]} devices @param {number} now the hub's */
    show(devices, now) {
      const away = devices.filter((device) => device.link.up === false).length
      setText(
        count,
        devices.length === 0
          ? ''
          : away === 0
            ? `${devices.length}, none away`
            : `${away} of ${devices.length} away`,
      )
      count.classList.toggle('bad', away > 0)
      const key = JSON.stringify([devices, [...failures], Math.floor(now / 10_000)])
      if (key === drawn) return
      drawn = key
      const focused = document.activeElement?.closest('details')?.dataset['device']
      list.replaceChildren(
        ...(devices.length === 0
          ? [
              make('li', {
                class: 'empty',
                text: 'No devices yet: infra bus add TYPE NAME --host H',
              }),
            ]
          : devices.map((device) =>
              card(device, failures.get(device.id), open.has(device.id), now),
            )),
      )
      if (focused) {
        const summary = list.querySelector(`[data-device="${CSS.escape(focused)}"] summary`)
        if (summary instanceof HTMLElement) summary.focus({ preventScroll: true })
      }
    },
  }
}

/** @param {DeviceView} device @param {LastFailure | undefined} failure @param {boolean} open @param {number} now */
function card(device, failure, open, now) {
  const { up, detail } = device.link
  const differ = new Set(differences(device))
  const paths = [
    ...new Set([...Object.keys(device.desired), ...Object.keys(device.reported)]),
  ].sort()
  const head = make('summary', {}, [
    make('span', { class: 'lamp', 'data-up': String(up), 'aria-hidden': 'true' }),
    make('b', { text: device.id }),
    make('span', { class: 'quiet-text', text: device.protocol }),
    make('span', { class: 'card-end' }, [
      ...(differ.size > 0
        ? [make('span', { class: 'chip chip-differs', text: `${differ.size} differ` })]
        : []),
      ...(device.open > 0
        ? [make('span', { class: 'chip chip-open', text: `${device.open} open` })]
        : []),
      make('span', {
        class: up === false ? 'bad' : 'quiet-text',
        text: up === null ? 'link not known' : up ? 'up' : 'away',
      }),
    ]),
  ])
  const body = [
    make('p', {
      class: 'quiet-text',
      text: `${detail ? `${detail}. ` : ''}${device.delivered.toLocaleString()} delivered, ${device.failed.toLocaleString()} failed`,
    }),
  ]
  if (paths.length > 0)
    body.push(
      make('div', { class: 'values' }, [
        make('table', {}, [
          make('thead', {}, [
            make(
              'tr',
              {},
              ['', 'asked', 'device says'].map((text) => make('th', { scope: 'col', text })),
            ),
          ]),
          make(
            'tbody',
            {},
            paths.map((path) => valueRow(device, path, differ.has(path))),
          ),
        ]),
      ]),
    )
  return make('li', { class: 'card' }, [
    make('details', { 'data-device': device.id, open }, [head, ...body]),
    ...(failure === undefined
      ? []
      : [
          make('p', { class: 'card-failure' }, [
            markIcon('failed'),
            make('span', {
              text: `${failure.what}: ${failure.detail} (${duration(Math.max(0, now - failure.at))} ago)`,
            }),
          ]),
        ]),
  ])
}

/** @param {DeviceView} device @param {string} path @param {boolean} differs */
function valueRow(device, path, differs) {
  const asked = device.desired[path]
  const said = device.reported[path]
  return make('tr', { class: differs ? 'differs' : null }, [
    make('th', { scope: 'row', text: path }),
    make('td', {}, asked ? [markIcon(asked.outcome), valueText(asked.value)] : ['—']),
    make('td', {}, [
      ...(differs ? [make('span', { class: 'unequal', text: '≠', 'aria-label': 'differs:' })] : []),
      valueText(said?.value),
    ]),
  ])
}
