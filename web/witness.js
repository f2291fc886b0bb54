// @ts-check
/** @import { StatusView } from '../surfaces/http/site-view.js' */
/** @import { VerdictView, WitnessView } from '../surfaces/http/witness-view.js' */
import { agesOf } from './ages.js'
import { ApiError, call } from './api.js'
import { byId, make, setText } from './element.js'
import { markIcon } from './mark.js'
import { duration } from './sentence.js'

/** 5 min: a long log takes its time to read from the disk. */
const verifyMs = 300_000

/** @param {VerdictView} verdict @returns {string} */
export function verdictText(verdict) {
  if (verdict.ok && verdict.gaps.length > 0)
    return `whole but for ${verdict.gaps.length} recorded ${verdict.gaps.length === 1 ? 'gap' : 'gaps'}: ${verdict.entries.toLocaleString()} entries hold; what the log's server lost was after ${verdict.gaps.map(({ after, until }) => `${after ?? 'the start'}, up to ${until}`).join('; ')}`
  return verdict.ok
    ? `whole: ${verdict.entries.toLocaleString()} entries, every link of the chain holds`
    : `NOT whole: ${verdict.fault} at position ${verdict.position}, in ${verdict.file} at byte ${verdict.offset.toLocaleString()}. ${verdict.detail}`
}

/** The witness's and the hub's own state. @param {{ say: (text: string) => void }} on */
export function createWitness({ say }) {
  const box = byId('witness', HTMLElement)
  const count = byId('witness-count', HTMLElement)
  const verdict = make('p', { class: 'verdict' })
  const facts = make('dl', { class: 'facts' })
  const button = make('button', { type: 'button', class: 'primary', text: 'Verify now' })
  box.replaceChildren(verdict, facts, button)

  button.addEventListener('click', () => void verify())

  async function verify() {
    button.disabled = true
    setText(button, 'verifying…')
    try {
      /** @type {VerdictView} */
      const answer = await call('POST', 'witness/verify', {}, verifyMs)
      showVerdict(answer, 'just now')
      say(`The log is ${verdictText(answer)}`)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setText(verdict, `not verified: ${error.message}`)
      verdict.dataset['ok'] = 'false'
    } finally {
      button.disabled = false
      setText(button, 'Verify now')
    }
  }

  /** @param {VerdictView} view @param {string} when */
  function showVerdict(view, when) {
    verdict.dataset['ok'] = String(view.ok)
    verdict.replaceChildren(
      markIcon(view.ok ? 'confirmed' : 'failed'),
      make('span', { text: `${verdictText(view)} (${when})` }),
    )
  }

  return {
    /** @param {StatusView} status */
    show(status) {
      /** @type {WitnessView} */
      const witness = status.witness
      setText(count, `${witness.entries.toLocaleString()} entries`)
      if (!button.disabled) {
        if (witness.verified === null) {
          verdict.dataset['ok'] = 'null'
          setText(verdict, 'not verified yet since the hub started')
        } else
          showVerdict(
            witness.verified,
            `${duration(Math.max(0, status.now - witness.verified.at))} ago`,
          )
      }
      const lines = [
        ['head', witness.head === '' ? '—' : `${witness.head.slice(0, 16)}…`, witness.head],
        [
          'log',
          `${status.log.engine}, ${status.log.writable ? 'can be written' : 'CANNOT be written'}${status.log.aloneSince === null ? '' : ', acts ALONE'}`,
          status.log.detail,
        ],
        ['position', status.log.head ?? '—', ''],
        ['hub', `${status.hub}, version ${status.version}`, ''],
        ['up for', duration(Math.max(0, status.now - status.startedAt)), ''],
      ]
      const ages = agesOf(witness.seal, status.now)
      facts.replaceChildren(
        ...ages.flatMap(({ name, text, tone, title }) => [
          make('dt', { text: name }),
          make('dd', { text, title: title || null, 'data-tone': tone }),
        ]),
        ...lines.flatMap(([name, value, title]) => [
          make('dt', { text: name ?? '' }),
          make('dd', { text: value ?? '', title: title || null }),
        ]),
      )
    },
  }
}
