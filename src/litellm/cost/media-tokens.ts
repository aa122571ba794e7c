import { isJsonObject } from '../../util/json.js'

/** The maximum token count of an image or a page of a document. */
const tokensPerPage = 3_000
/** PDF pages and plain text seldom have fewer bytes per token. */
const bytesPerDocumentToken = 2
/** The bytes per token of speech at a low bit rate, which providers count by the second. */
const bytesPerAudioToken = 25

/**
 * Returns the maximum token count of a media block; `undefined` if the value is not a media block.
 * A document by URL counts as one page, because its length is unknown.
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

/** Returns whether the block is a document by URL. Such a document can fill the context window. */
export function isDocumentByUrl(kind: string, block: unknown): boolean {
  const source = kind === 'document' && isJsonObject(block) ? block.source : undefined
  return isJsonObject(source) && typeof source.url === 'string'
}
