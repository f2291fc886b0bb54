// @ts-check
/** @import { AttemptView, IntentView } from '../surfaces/http/intent-view.js' */
/** @import { Row } from './rows.js' */
import { ApiError, call } from './api.js'
import { byId, make } from './element.js'
import { markIcon, meaning } from './mark.js'
import { duration, sentence, short, what, who } from './sentence.js'

const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})

/**
 * One intent's whole life, in place of the journal's rows.
 *
 * @param {{ find: (id: string) => Row | undefined }} journal
 */
export function createLife({ find }) {
  const box = byId('life', HTMLElement)
  const journal = byId('pane-journal', HTMLElement)
  /** @type {string | null} */
  let shown = null

  function close() {
    if (shown === null) return
    const row = journal.querySelector(`[data-id="${CSS.escape(shown)}"]`)
    shown = null
    box.hidden = true
    journal.classList.remove('shows-life')
    if (row instanceof HTMLElement) row.focus()
  }

  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && shown !== null && !document.querySelector('dialog[open]')) close()
  })

  /** @param {string} id */
  async function open(id) {
    shown = id
    box.hidden = false
    journal.classList.add('shows-life')
    fill([make('p', { class: 'quiet-text', text: 'asking the hub…' })])
    box.querySelector('button')?.focus()
    try {
      /** @type {IntentView} */
      const view = await call('GET', `intents/${encodeURIComponent(id)}`)
      if (shown === id) fill(story(view))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (shown === id) fill([make('p', { class: 'failure', text: error.message })])
    }
  }

  /** @param {readonly Node[]} parts */
  function fill(parts) {
    const had = box.contains(document.activeElement)
    const back = make('button', { type: 'button', class: 'back', text: '← Journal' })
    back.addEventListener('click', close)
    box.replaceChildren(back, ...parts)
    if (had) back.focus()
  }

  /** @param {string} id @param {string} text */
  function link(id, text) {
    const button = make('button', { type: 'button', class: 'link-button', text })
    button.addEventListener('click', () => void open(id))
    return button
  }

  /** @param {IntentView} view */
  function story(view) {
    const { intent, outcome } = view
    const mark = outcome === null ? 'open' : outcome.type
    const facts = [
      ['who', who(view.actor)],
      ['from', view.source],
      ['device', 'device' in intent ? intent.device : '—'],
      ['asked at', moment.format(view.at)],
      ['valid until', view.expiresAt === null ? 'no limit' : moment.format(view.expiresAt)],
      ['position', view.position],
      ['id', view.id],
      ['trace', view.trace],
    ]
    /** @type {HTMLElement[]} */
    const parts = [
      make('h3', { class: `life-title mark-${mark}` }, [markIcon(mark), what(intent)]),
      make('p', {
        class: 'life-end',
        text:
          outcome === null
            ? `not ended yet: ${view.status}`
            : `${outcome.type} after ${duration(outcome.at - view.at)}: ${meaning(outcome.type)}`,
      }),
    ]
    if (outcome?.failure)
      parts.push(
        make('p', {
          class: 'failure',
          text: `${outcome.failure.detail} (${outcome.failure.code}; reached the device: ${outcome.failure.reached})`,
        }),
      )
    parts.push(
      make(
        'dl',
        { class: 'facts' },
        facts.flatMap(([name, value]) => [
          make('dt', { text: name ?? '' }),
          make('dd', { text: value ?? '' }),
        ]),
      ),
    )
    parts.push(
      make('h4', {
        text: view.attempts.length === 1 ? 'One attempt' : `${view.attempts.length} attempts`,
      }),
    )
    parts.push(
      make(
        'ol',
        { class: 'steps' },
        view.attempts.map((attempt) => make('li', { text: attemptText(attempt, view) })),
      ),
    )
    const related = [
      ...(view.cause
        ? [
            link(
              view.cause.intent,
              `caused by ${short(view.cause.intent)}, step ${view.cause.step + 1}`,
            ),
          ]
        : []),
      ...(outcome?.by ? [link(outcome.by, `ended by ${short(outcome.by)}`)] : []),
      ...view.children.map((child) => link(child, `led to ${short(child)}`)),
    ]
    if (related.length > 0)
      parts.push(make('h4', { text: 'Related' }), make('div', { class: 'related' }, related))
    const trail = find(view.id)?.trail ?? []
    if (trail.length > 0)
      parts.push(
        make('h4', { text: 'Entries' }),
        make(
          'ol',
          { class: 'steps' },
          trail.map((entry) =>
            make('li', {}, [make('code', { text: `#${entry.position}` }), ` ${entry.text}`]),
          ),
        ),
      )
    return parts
  }

  return { open }
}

/** @param {AttemptView} attempt @param {IntentView} view */
function attemptText(attempt, view) {
  const after = `+${duration(attempt.startedAt - view.at)}`
  if (attempt.failure !== null && attempt.endedAt !== null) {
    const event = {
      type: /** @type {const} */ ('AttemptFailed'),
      intent: view.id,
      attempt: attempt.attempt,
      failure: attempt.failure,
      retryAt: attempt.retryAt,
    }
    return `${after} ${sentence({ event, at: attempt.endedAt })}`
  }
  if (attempt.ack === null || attempt.endedAt === null)
    return `${after} attempt ${attempt.attempt}: under way`
  return `${after} attempt ${attempt.attempt}: ${attempt.ack} in ${duration(attempt.endedAt - attempt.startedAt)}`
}
