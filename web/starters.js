// @ts-check
/** @import { ScheduleView, TriggerView, VariableView } from '../surfaces/http/automation-view.js' */
import { byId, make, setText } from './element.js'
import { duration, valueText } from './sentence.js'

/**
 * What starts macros by itself, and what the site remembers.
 *
 * @typedef {{
 *   triggers: readonly TriggerView[], schedules: readonly ScheduleView[], variables: readonly VariableView[],
 * }} Starters
 */

/** @param {number} at @param {number} now @returns {string} */
function ago(at, now) {
  return `${duration(Math.max(0, now - at))} ago`
}

/** @param {TriggerView | ScheduleView} one @param {number} now @returns {string} */
export function lastText({ last }, now) {
  if (last === null) return 'has not fired yet'
  const how = last.refused === null ? 'fired' : `was refused (${last.refused})`
  return `${how} ${ago(last.at, now)}: ${last.cause}`
}

/** @param {TriggerView} trigger @param {number} now @returns {string} what it is at this moment */
export function stateText({ on, waitsUntil, coolsUntil }, now) {
  if (!on) return 'off: no hub runs macros'
  if (waitsUntil !== null) return `fires in ${duration(Math.max(0, waitsUntil - now))}`
  return coolsUntil === null ? 'on' : `cools down, ${duration(Math.max(0, coolsUntil - now))} left`
}

/** @param {ScheduleView} schedule @param {number} now @returns {string} */
export function nextText({ on, next }, now) {
  if (!on) return 'off: no hub runs macros'
  if (next === null) return 'not due again'
  return `next in ${duration(Math.max(0, next - now))}`
}

/** @param {TriggerView | ScheduleView} one @param {string} what @param {string} state @param {number} now */
function card(one, what, state, now) {
  return make('li', { class: 'card', 'data-starter': one.name }, [
    make('div', { class: 'card-line' }, [
      make('b', { text: one.name }),
      make('span', { class: one.trouble === null ? 'card-end' : 'card-end failure', text: state }),
    ]),
    make('p', { class: 'quiet-text', text: `${what} → ${one.run}` }),
    ...(one.trouble === null ? [] : [make('p', { class: 'failure', text: one.trouble })]),
    make('p', { class: 'quiet-text', text: lastText(one, now) }),
  ])
}

/** @param {VariableView} variable @param {number} now */
function variableCard({ name, value, description, at, intent }, now) {
  const set = intent === null || at === null ? 'its default' : `set ${ago(at, now)}`
  return make('li', { class: 'card', 'data-variable': name }, [
    make('div', { class: 'card-line' }, [
      make('b', { text: name }),
      make('code', { class: 'card-end', text: valueText(value) }),
    ]),
    make('p', { class: 'quiet-text', text: description ? `${description}, ${set}` : set }),
  ])
}

export function createStarters() {
  const list = byId('starters', HTMLUListElement)
  const head = byId('starters-title', HTMLElement)
  return {
    /** @param {Starters} starters @param {number} now the hub's */
    show({ triggers, schedules, variables }, now) {
      const bad = [...triggers, ...schedules].filter(({ trouble }) => trouble !== null).length
      head.hidden = triggers.length + schedules.length + variables.length === 0
      setText(head, `Triggers, schedules, variables${bad === 0 ? '' : `: ${bad} in trouble`}`)
      list.replaceChildren(
        ...triggers.map((one) =>
          card(one, one.listensTo, one.trouble === null ? stateText(one, now) : 'in trouble', now),
        ),
        ...schedules.map((one) =>
          card(one, one.timing, one.trouble === null ? nextText(one, now) : 'in trouble', now),
        ),
        ...variables.map((one) => variableCard(one, now)),
      )
    },
  }
}
