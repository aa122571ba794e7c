/** The formats in which a request can be answered: one of two, only JSON, or only an event stream. */
export type ReplyFormat = 'either' | 'json' | 'events'

const json = 'application/json'
const events = 'text/event-stream'
/** The Accept header that the MCP specification asks of clients. */
export const bothFormats = `${json}, ${events}`

/**
 * Returns the format that an Accept header asks for, or `undefined` if it excludes both. A client
 * that names event streams reads both formats. Any other client that accepts JSON gets JSON: a
 * program that accepts every type often cannot read an event stream.
 */
export function replyFormat(accept: string | undefined): ReplyFormat | undefined {
  if (accept === bothFormats) return 'either'
  const ranges = mediaRanges(accept)
  const named = ranges.some(({ type, quality }) => type === events && quality > 0)
  if (!accepts(ranges, json)) return accepts(ranges, events) ? 'events' : undefined
  return named ? 'either' : 'json'
}

/** Returns whether an Accept header allows an event stream. */
export function acceptsEvents(accept: string | undefined): boolean {
  return accept === bothFormats || accepts(mediaRanges(accept), events)
}

interface MediaRange {
  /** In lower case, as `type/subtype`, either of which may be `*`. */
  type: string
  quality: number
}

function mediaRanges(accept: string | undefined): MediaRange[] {
  const ranges = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      // Java's URLConnection sends "*" for any type.
      return { type: type === '*' ? '*/*' : type, quality: qualityOf(quality?.slice(2)) }
    })
    .filter(({ type }) => type.includes('/'))
  return ranges.length > 0 ? ranges : [{ type: '*/*', quality: 1 }]
}

function qualityOf(text: string | undefined): number {
  const quality = text === undefined ? 1 : Number(text)
  return Number.isNaN(quality) ? 1 : quality
}

/** The most specific range that matches a type decides (RFC 9110, section 12.5.1). */
function accepts(ranges: readonly MediaRange[], type: string): boolean {
  for (const name of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const matching = ranges.filter((range) => range.type === name)
    if (matching.length > 0) return matching.some(({ quality }) => quality > 0)
  }
  return false
}
