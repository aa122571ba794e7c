import type {
  AudioBlock as ConverseAudio,
  DocumentBlock as ConverseDocument,
  ImageBlock as ConverseImage,
} from '@aws-sdk/client-bedrock-runtime'
import { invalidRequest } from '../../../agent/errors.js'
import type {
  AudioBlock,
  DocumentBlock,
  ImageBlock,
  MediaSource,
} from '../../../agent/messages/content.js'

export function imageBlock({ format, source }: ImageBlock['image']): ConverseImage {
  return { format, source: mediaSource(source, 'image') }
}

export function audioBlock({ format, source }: AudioBlock['audio']): ConverseAudio {
  return { format, source: mediaSource(source, 'audio') }
}

/**
 * Assigns the names of a request's documents. Converse allows few characters and no duplicate
 * names.
 */
export class DocumentNames {
  private readonly used = new Set<string>()

  give(name: string): string {
    const plain =
      name
        .replace(/[^\p{L}\p{N}\s()[\]-]/gu, '-')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, 190) || 'document'
    let free = plain
    for (let count = 2; this.used.has(free); count++) free = `${plain} (${count})`
    this.used.add(free)
    return free
  }
}

export function documentBlock(
  { format, name, source }: DocumentBlock['document'],
  names: DocumentNames,
): ConverseDocument {
  return { format, name: names.give(name), source: mediaSource(source, 'document') }
}

function mediaSource(source: MediaSource, what: string) {
  if ('bytes' in source) return { bytes: Buffer.from(source.bytes, 'base64') }
  if (source.url.startsWith('s3://')) return { s3Location: { uri: source.url } }
  const [, data] = /^data:[^,]*;base64,(.*)$/s.exec(source.url) ?? []
  if (data !== undefined) return { bytes: Buffer.from(data, 'base64') }
  throw invalidRequest(
    `Bedrock fetches no ${what} from the web.`,
    `Give the ${what} as bytes, or by an s3:// address that its AWS account may read.`,
  )
}
