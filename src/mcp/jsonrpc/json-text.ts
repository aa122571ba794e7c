import { wellFormedJson } from '../../util/well-formed.js'

const byteOrderMark = 0xfeff
/** Line breaks for some readers: Python's `splitlines`, and `readline` of newer Node releases. */
const lineBreaks = /[\u0085\u2028\u2029]/g

/**
 * Parses a message from a client, without a byte-order mark and without lone surrogates. Returns
 * `undefined` if the text is not valid JSON: the parser's own error would quote the text.
 */
export function parseJson(text: string): unknown {
  let start = 0
  while (text.charCodeAt(start) === byteOrderMark) start++
  try {
    return JSON.parse(wellFormedJson(start === 0 ? text : text.slice(start)))
  } catch {
    return undefined
  }
}

/** Returns whether a text has only white space, which includes a byte-order mark. */
export function isBlank(text: string): boolean {
  return !/\S/.test(text)
}

/**
 * Returns JSON text that every client can read, with the same meaning. It contains no lone
 * surrogates, and no character that a client could take for the end of a line.
 */
export function readableJson(json: string): string {
  const text = wellFormedJson(json)
  if (!text.includes('\u2028') && !text.includes('\u2029') && !text.includes('\u0085')) return text
  return text.replace(
    lineBreaks,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const unreadableBytes = ['\u0085', '\u2028', '\u2029', '\\ud'].map((text) => Buffer.from(text))

/** Returns JSON text in UTF-8 that every client can read; see `readableJson`. */
export function readableBytes(json: Uint8Array): Uint8Array {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength)
  if (!unreadableBytes.some((found) => bytes.includes(found))) return json
  return Buffer.from(readableJson(bytes.toString()))
}
