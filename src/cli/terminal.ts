type Environment = Readonly<Record<string, string | undefined>>

export interface Stream {
  readonly isTTY?: boolean
}

/** What may be done on a stream that people may be looking at. */
export interface TerminalStyle {
  colours: boolean
  /** Lines that are written over. */
  spinner: boolean
}

/** Pure. https://no-color.org and https://force-color.org; a spinner is for people alone. */
export function terminalStyle({ isTTY = false }: Stream, env: Environment): TerminalStyle {
  const dumb = env.TERM === 'dumb'
  const terminal = isTTY && !dumb
  if (env.NO_COLOR) return { colours: false, spinner: terminal && !env.CI }
  const forced = env.FORCE_COLOR !== undefined && !['', '0', 'false'].includes(env.FORCE_COLOR)
  return { colours: terminal || forced, spinner: terminal && !env.CI }
}

export function dim(text: string, { colours }: Pick<TerminalStyle, 'colours'>): string {
  return colours ? `\x1b[2m${text}\x1b[22m` : text
}

/** Pure. Without what would move the cursor or change the terminal: models and tools write it too. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}
