import { invalidRequest } from '../../../agent/errors.js'
import type {
  AudioBlock,
  DocumentBlock,
  ImageBlock,
  MediaSource,
} from '../../../agent/messages/content.js'
import { documentTypes, mediaBlock } from '../../../agent/messages/media.js'
import type { JsonObject } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'

type Part = JsonObject & { type: string }

export function imagePart({ format, source }: ImageBlock['image'], route: Route): Part {
  const mediaType = `image/${format}`
  const url = mediaUrl(mediaType, source)
  // The `format` field is specific to the proxy. With it, the proxy does not guess the media type
  // of the URL.
  const hint = route.kind === 'proxy' ? { format: mediaType } : {}
  return { type: 'image_url', image_url: { detail: 'auto', ...hint, url } }
}

export function documentPart({ format, name, source }: DocumentBlock['document']): Part {
  const [mediaType] = documentTypes[format] ?? []
  if (mediaType === undefined)
    throw invalidRequest(
      `A document of format ${JSON.stringify(format)} cannot be sent.`,
      `Use one of ${Object.keys(documentTypes).join(', ')}.`,
    )
  return { type: 'file', file: { file_data: mediaUrl(mediaType, source), filename: name } }
}

/**
 * Returns the part for an audio block. OpenAI accepts two formats, and other servers may accept
 * more.
 */
export function audioPart({ format, source }: AudioBlock['audio'], route: Route): Part {
  if ('url' in source)
    throw invalidRequest(
      'Audio cannot be sent by its address: this wire takes only the sound itself.',
      'Give the audio as bytes.',
    )
  if (isOpenAi(route) && format !== 'wav' && format !== 'mp3')
    throw invalidRequest(
      `OpenAI takes no audio of format ${JSON.stringify(format)}.`,
      'Convert it to wav or mp3.',
    )
  return { type: 'input_audio', input_audio: { data: source.bytes, format } }
}

/**
 * Returns an image from the model in the form that LiteLLM accepts; an empty list for OpenAI, which
 * does not accept such images.
 */
export function madeImage(image: ImageBlock['image'], index: number, route: Route): JsonObject[] {
  return isOpenAi(route) ? [] : [{ ...imagePart(image, route), index }]
}

/**
 * Returns whether the route leads to OpenAI or Azure. Servers at other addresses also use the
 * prefix `openai/`.
 */
function isOpenAi({ provider, baseSource }: Route): boolean {
  return provider === 'azure' || (provider === 'openai' && baseSource === 'default')
}

/**
 * Returns the image of an answer part. It is in LiteLLM's and OpenRouter's `images` or in the
 * content.
 */
export function answeredImage(part: JsonObject): ImageBlock | undefined {
  const told = part.image_url
  const url = typeof told === 'object' && told !== null && 'url' in told ? told.url : told
  if (part.type !== 'image_url' || typeof url !== 'string') return undefined
  const comma = url.indexOf(',')
  const head = url.slice(0, Math.max(0, comma))
  const isData = head.startsWith('data:') && head.endsWith(';base64')
  const mediaType = isData ? head.slice('data:'.length).split(';', 1).join('') : 'image/png'
  const source = isData ? { bytes: url.slice(comma + 1) } : { url }
  const block = mediaBlock(mediaType, source, 'image')
  return block && 'image' in block ? block : undefined
}

/** Returns the URL of a source, or its bytes as a data URL. */
export function mediaUrl(mediaType: string, source: MediaSource): string {
  return 'url' in source ? source.url : `data:${mediaType};base64,${source.bytes}`
}
