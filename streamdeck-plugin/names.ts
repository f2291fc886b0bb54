/** The plugin's name and those of its actions, as the manifest has them and the Stream Deck app says them. */
export const pluginName = 'com.infrafabric.desk'

export const actionNames = {
  control: `${pluginName}.control`,
  intent: `${pluginName}.intent`,
  macro: `${pluginName}.macro`,
} as const

export type ActionKind = keyof typeof actionNames
