import { isJsonObject } from '../agent/content.js'

/** What a picture, or a page of a document, counts for at most. */
const tokensPerPage = 3_000
/** A page of a PDF or a plain text is seldom denser. */
const bytesPerDocumentToken = 2
/** Speech at a low bit rate, counted by the second. */
const bytesPerAudioToken = 25

/** The most that a block of this kind counts for; `undefined`: it holds no bytes. */
export function mediaTokens(kind: string, block: unknown): number | undefined {
  const source = isJsonObject(block) ? block.source : undefined
  if (!isJsonObject(source) || typeof source.bytes !== 'string') return undefined
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
