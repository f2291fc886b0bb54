import { problem, type Problem, ProblemError } from './problem.ts'

/** What a body may weigh: a hundred times the largest sensible intent. */
export const maxBodyBytes = 256 * 1024

/** Seconds until a client should try again when the log could not be written. */
const retryAfterS = 5

/** Makes a problem of whatever was thrown. What is not expected says nothing of the hub's inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  const code = codeOf(error)
  // By name: the log's port belongs to bus/, which a surface does not see
  if (error instanceof Error && error.name === 'LogError') return logProblem(code, error.message)
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('too-large', `A body may have at most ${maxBodyBytes} bytes.`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem(
        'unsupported-media-type',
        'Send a JSON body as Content-Type: application/json.',
      )
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return problem('bad-request', 'The body is not as long as Content-Length says.')
    case 'FST_ERR_BAD_URL':
      return problem('bad-request', 'The address holds a malformed percent sign.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return problem('bad-parameter', 'A part of the address is too long.')
    case 'HPE_HEADER_OVERFLOW':
      return problem('headers-too-large', 'The request header is too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem(
        'request-timeout',
        'The header must arrive within 10 seconds, all of the request within 30.',
      )
    default:
      if (code.startsWith('HPE_')) return problem('bad-request', 'This is not HTTP/1.1.')
      // the file server's word for paths that lead out of its folder
      if (isHttpError(error, 403)) return problem('not-found', 'Nothing is served here.')
      if (isHttpError(error, 400)) return problem('bad-request', 'The address is malformed.')
      return problem('internal', 'The hub met a fault of its own; it is recorded in the journal.')
  }
}

function logProblem(code: string, message: string): Problem {
  switch (code) {
    case 'full':
    case 'io':
    case 'locked':
    case 'corrupt':
    case 'closed':
      return problem(`log-${code}`, `Nothing was done: ${message}`)
    default:
      return problem('log-io', `Nothing was done: ${message}`)
  }
}

function isHttpError(error: unknown, status: number): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === status
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** The header fields a problem travels with. */
export function problemHeaders(answer: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(answer.status === 401 ? { 'www-authenticate': 'Bearer realm="infrafabric"' } : {}),
    ...(answer.status === 503 ? { 'retry-after': String(retryAfterS) } : {}),
    ...(answer.status === 426 ? { upgrade: 'websocket', connection: 'upgrade' } : {}),
  }
}
