import { Type } from 'typebox'

/** 4,000 characters: more than any button shows. */
export const longestText = 4000

const colour = Type.String({
  pattern: '^(?:#[0-9A-Fa-f]{6}|rgb\\(\\d{1,3},\\d{1,3},\\d{1,3}\\))$',
  description: 'a colour: "#ff0000" or "rgb(255,0,0)"',
})
const alignment = Type.String({
  pattern: '^(?:left|center|right):(?:top|center|bottom)$',
  description: 'an alignment: "center:bottom"',
})
/** What of a control's look can be changed, by Companion's own names. */
export const style = {
  text: Type.String({ maxLength: longestText, description: 'text of at most 4000 characters' }),
  color: colour,
  bgcolor: colour,
  size: Type.Union([Type.Integer({ minimum: 1, maximum: 200 }), Type.Literal('auto')], {
    description: 'a size from 1 to 200, or "auto"',
  }),
  alignment,
  pngalignment: alignment,
  // Companion reads at most 100 KB of JSON
  png64: Type.String({
    pattern: '^(?:|data:image/png;base64,[0-9A-Za-z+/]+={0,2})$',
    maxLength: 90_000,
    description: 'a picture, "data:image/png;base64,…" of at most 90000 characters, or "" for none',
  }),
} as const
