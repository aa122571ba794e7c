import type { CallToolResult } from '@modelcontextprotocol/server'
import type { ErrorData } from '../../agent/errors.js'
import type { Content } from '../tool-call.js'

/** Returns a success: `content` for clients that show only that, and the same as data. */
export function success(
  content: Content[],
  data: object,
  meta?: CallToolResult['_meta'],
): CallToolResult {
  return { content, structuredContent: { ...data }, ...(meta && { _meta: meta }) }
}

/** Returns data as a success for clients that show `content` and for those that show the data. */
export function dataResult(data: object): CallToolResult {
  return success(textContent(JSON.stringify(data)), data)
}

/** Returns one text block, or none for an empty text: some clients fail on empty blocks. */
export function textContent(text: string): Content[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

/**
 * Returns a failure that a model can act on: what happened and what to do next. A call that failed
 * before its run has nothing else to report, and costs the caller few tokens.
 */
export function failure(
  { code, hint, message, retryable }: ErrorData,
  redact: (text: string) => string,
  about: object = {},
  meta?: CallToolResult['_meta'],
): CallToolResult {
  const error = { code, message: redact(message), retryable, hint: redact(hint) }
  const sentence = /[.!?…]$/.test(error.message) ? error.message : `${error.message}.`
  return {
    isError: true,
    content: textContent(`${sentence} ${error.hint}`.trim()),
    structuredContent: {
      status: code === 'cancelled' ? 'cancelled' : 'failed',
      ...about,
      error,
    },
    ...(meta && { _meta: meta }),
  }
}
