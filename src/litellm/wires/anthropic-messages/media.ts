import type { DocumentBlockParam, ImageBlockParam } from '@anthropic-ai/sdk/resources'
import { invalidRequest } from '../../../agent/errors.js'
import type { DocumentBlock, ImageBlock } from '../../../agent/messages/content.js'

/** Throws the error for audio, which the Messages API does not support. */
export function noAudio(): never {
  throw invalidRequest(
    'Claude takes no audio.',
    'Transcribe it first, or name a model that takes audio, such as openai/gpt-audio or a gemini model.',
  )
}

export function imageBlock({ format, source }: ImageBlock['image']): ImageBlockParam {
  return {
    type: 'image',
    source:
      'url' in source
        ? { type: 'url', url: source.url }
        : { type: 'base64', media_type: `image/${format}`, data: source.bytes },
  }
}

const plainText = new Set(['txt', 'md', 'csv', 'html'])

/** Returns the block of a document. The Messages API supports only PDF and plain text. */
export function documentBlock({
  format,
  name,
  source,
}: DocumentBlock['document']): DocumentBlockParam {
  if (format === 'pdf')
    return {
      type: 'document',
      title: name,
      source:
        'url' in source
          ? { type: 'url', url: source.url }
          : { type: 'base64', media_type: 'application/pdf', data: source.bytes },
    }
  if (plainText.has(format) && 'bytes' in source) {
    const data = Buffer.from(source.bytes, 'base64').toString()
    return {
      type: 'document',
      title: name,
      source: { type: 'text', media_type: 'text/plain', data },
    }
  }
  throw invalidRequest(
    `A ${format} document cannot be sent to Claude directly.`,
    'Convert it to PDF or to text.',
  )
}
