// @ts-check

/** 5 s: a hub on the same network answers in milliseconds; longer means that something is wrong. */
const answerMs = 5000

/** The hub said no, or nobody answered; `status` is 0 then. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

/**
 * What people read of an RFC 9457 answer.
 *
 * @param {unknown} problem
 * @returns {string}
 */
export function problemText(problem) {
  if (typeof problem !== 'object' || problem === null) return 'the hub gave no reason'
  const { detail, title } = /** @type {{ detail?: unknown, title?: unknown }} */ (problem)
  if (typeof detail === 'string' && detail !== '') return detail
  return typeof title === 'string' ? title : 'the hub gave no reason'
}

/**
 * Calls the hub's API.
 *
 * @template T
 * @param {'GET' | 'POST'} method
 * @param {string} path below /api/v1/
 * @param {unknown} [body]
 * @param {number} [deadlineMs]
 * @returns {Promise<T>}
 * @throws {ApiError}
 */
export async function call(method, path, body, deadlineMs = answerMs) {
  /** @type {Response} */
  let response
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      signal: AbortSignal.timeout(deadlineMs),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  } catch (cause) {
    throw new ApiError(
      0,
      cause instanceof DOMException ? 'the hub did not answer in time' : 'the hub is not reachable',
    )
  }
  // an empty or foreign answer is no error by itself: the status says what happened
  const answer = await response.json().catch(() => null)
  if (!response.ok) throw new ApiError(response.status, problemText(answer))
  return answer
}
