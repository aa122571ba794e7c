type Environment = Readonly<Record<string, string | undefined>>

export interface Stream {
  readonly isTTY?: boolean
}

/** What an output stream can show. */
export interface TerminalStyle {
  colours: boolean
  /** Whether lines may be overwritten. */
  spinner: boolean
}

/** Returns the style of a stream, by https://no-color.org and https://force-color.org. Pure. */
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

/** Removes control characters, with which models and tools could change the terminal. Pure. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}
