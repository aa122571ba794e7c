import type { RunSpec } from '../spec.js'

const charsPerToken = 4

/** Estimates the tokens of a run's text, to reserve them before the first call. */
export function promptTokens({ prompt, systemPrompt = '' }: RunSpec): number {
  return Math.ceil((textLength(prompt) + textLength(systemPrompt)) / charsPerToken)
}

function textLength(text: string | readonly object[]): number {
  if (typeof text === 'string') return text.length
  return text.reduce(
    (sum, block) =>
      sum + ('text' in block && typeof block.text === 'string' ? block.text.length : 0),
    0,
  )
}
