import type { Json, JsonObject } from '../../intents/json.ts'
import { isObject } from '../../intents/json.ts'
import { type LinkContext, mostPictureBytes, type Picture } from '../adapter.ts'
import { pictureType } from '../picture-type.ts'
import type { Call } from './call.ts'

/** 16 KiB: lists of a large production; what is longer is not for the journal. */
const maxAnswerLength = 16 * 1024
/** No answer of OBS nests deeper. */
const maxDepth = 16
const hidden = '(hidden)'
const secret = /key$|password|token|secret|credential/i

/** What OBS answered to a question is reported under `answer/<request>`, a screenshot is a picture of its source's name. */
export function answered(
  { name, data }: Pick<Call, 'name' | 'data'>,
  answer: JsonObject,
  context: LinkContext,
): void {
  if (name === 'GetSourceScreenshot') {
    const picture = pictureOf(answer)
    const { sourceName } = data
    if (picture !== null && typeof sourceName === 'string') context.picture(sourceName, picture)
    return
  }
  if (!name.startsWith('Get') && name !== 'CallVendorRequest') return
  const open = withoutSecrets(answer, maxDepth)
  const text = JSON.stringify(open)
  context.report(
    `answer/${name}`,
    text.length <= maxAnswerLength ? open : `(${text.length} characters: too long to report)`,
  )
}

/** A screenshot's data URI as a picture; null for a form that no button shows, or one that is too large. */
export function pictureOf({ imageData }: JsonObject): Picture | null {
  if (typeof imageData !== 'string' || imageData.length > 2 * mostPictureBytes) return null
  const [, base64] = /^data:image\/(?:png|jpg|jpeg);base64,([A-Za-z0-9+/=]+)$/.exec(imageData) ?? []
  if (base64 === undefined) return null
  const bytes = Buffer.from(base64, 'base64')
  const type = pictureType(bytes)
  return type === null || bytes.length > mostPictureBytes ? null : { type, bytes }
}

/** Stream keys and passwords in settings do not belong in a journal. Hostile: at most `depth` levels are looked at. */
function withoutSecrets(value: Json, depth: number): Json {
  if (typeof value === 'string')
    // user and password of an address: rtsp://user:password@camera/
    return value.replaceAll(/(:\/\/)[^/@\s]{1,400}@/g, `$1${hidden}@`)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '(nested too deep to report)'
  if (!isObject(value)) return value.map((each) => withoutSecrets(each, depth - 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secret.test(key) && typeof inner === 'string' ? hidden : withoutSecrets(inner, depth - 1),
    ]),
  )
}
