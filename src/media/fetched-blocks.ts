import { invalidRequest } from '../agent/errors.js'
import type { ContentBlock } from '../agent/messages/content.js'
import { isMediaBlock, mediaTypesOf, urlOf, withSource } from '../agent/messages/media.js'
import { UrlFetcher } from './url-fetcher.js'

const timeoutMs = 20_000
const maxUrls = 20

/**
 * Returns the blocks with each URL replaced by its content. No provider or proxy then fetches a URL
 * for a caller, and every wire format can carry the content. The conversation keeps the content,
 * not the URL.
 */
export async function fetchedBlocks(
  blocks: readonly ContentBlock[],
  { urlHosts, maxUrlBytes }: { urlHosts: readonly string[]; maxUrlBytes: number },
  signal: AbortSignal,
): Promise<ContentBlock[]> {
  const count = blocks.filter((block) => urlOf(block) !== undefined).length
  if (count > maxUrls)
    throw invalidRequest(
      `The prompt holds ${count} URLs; at most ${maxUrls} are fetched.`,
      'Give fewer, or send the content itself as base64 in bytes.',
    )
  const fetcher = new UrlFetcher({ hosts: urlHosts, maxBytes: maxUrlBytes, timeoutMs })
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const work = blocks.map(async (block, index) => {
    const url = urlOf(block)
    if (url === undefined || !isMediaBlock(block)) return block
    const wanted = { url, types: mediaTypesOf(block), at: `prompt[${index}]` }
    const content = await fetcher.fetch(wanted, either)
    return withSource(block, { bytes: content.toString('base64') })
  })
  try {
    return await Promise.all(work)
  } finally {
    // If one fetch fails, the others are aborted.
    failed.abort()
    await Promise.allSettled(work)
  }
}
