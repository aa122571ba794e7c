/** Decodes the content of a text file. Throws an Error whose message names the format if it cannot. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes)
  if (encoding === 'utf-32') throw new Error('it is UTF-32 and must be UTF-8; save it as UTF-8')
  try {
    // The decoder also removes a byte order mark.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new Error(
      encoding === 'utf-8'
        ? 'it is not a text file in UTF-8; save it as UTF-8'
        : 'it is damaged UTF-16 and must be UTF-8; save it as UTF-8',
    )
  }
}

/**
 * Returns the encoding from the byte order mark. Without a mark, the zero bytes of the first
 * character decide (RFC 4627 §3). PowerShell 5.1 writes UTF-16 when output is redirected into a
 * file.
 */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32' {
  const [first, second, third, fourth] = bytes
  const littleEndian = first === 0xff && second === 0xfe
  if (littleEndian) return third === 0 && fourth === 0 ? 'utf-32' : 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0 && second === 0) return 'utf-32'
  if (first === 0 && second !== undefined) return 'utf-16be'
  if (second === 0) return third === 0 && fourth === 0 ? 'utf-32' : 'utf-16le'
  return 'utf-8'
}

/**
 * Decodes text of unknown origin, with U+FFFD in place of invalid bytes. Returns `undefined` if the
 * content is not text: it has zero bytes, or over 10% of its bytes are invalid.
 */
export function decodePlainText(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes)
  if (encoding === 'utf-32') return undefined
  const text = new TextDecoder(encoding).decode(bytes)
  const invalid = text.split('\uFFFD').length - 1
  return text.includes('\0') || invalid * 10 > bytes.length ? undefined : text
}
