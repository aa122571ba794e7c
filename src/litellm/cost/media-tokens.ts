import { isJsonObject } from '../../util/json.js'

/** What a picture, or a page of a document, counts for at most. */
const tokensPerPage = 3_000
/** A page of a PDF or a plain text is seldom denser. */
const bytesPerDocumentToken = 2
/** Speech at a low bit rate, counted by the second. */
const bytesPerAudioToken = 25

/**
 * The most that a block of this kind counts for; a document by address, whose length nobody knows
 * here, as one page. `undefined`: it is no such block.
 */
export function mediaTokens(kind: string, block: unknown): number | undefined {
  const source = isJsonObject(block) ? block.source : undefined
  if (!isJsonObject(source)) return undefined
  if (isDocumentByUrl(kind, block)) return tokensPerPage
  if (kind === 'image' && typeof source.url === 'string') return tokensPerPage
  if (typeof source.bytes !== 'string') return undefined
  const bytes = (source.bytes.length * 3) / 4
  switch (kind) {
    case 'image':
      return tokensPerPage
    case 'document':
      return Math.max(tokensPerPage, Math.ceil(bytes / bytesPerDocumentToken))
    case 'audio':
      return Math.max(tokensPerPage, Math.ceil(bytes / bytesPerAudioToken))
    default:
      return undefined
  }
}

/** It may be as long as the model has room for. */
export function isDocumentByUrl(kind: string, block: unknown): boolean {
  const source = kind === 'document' && isJsonObject(block) ? block.source : undefined
  return isJsonObject(source) && typeof source.url === 'string'
}
