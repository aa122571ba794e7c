import type {
  AudioBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  MediaBlock,
  MediaSource,
} from './content.js'

/** Media types by format. The first is the one that is sent; the others are understood too. */
const imageTypes = {
  png: ['image/png'],
  jpeg: ['image/jpeg', 'image/jpg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
} satisfies Types<ImageBlock['image']['format']>

export const documentTypes = {
  pdf: ['application/pdf', 'application/x-pdf'],
  csv: ['text/csv', 'application/csv'],
  doc: ['application/msword'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  xls: ['application/vnd.ms-excel'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  html: ['text/html', 'application/xhtml+xml'],
  txt: ['text/plain'],
  md: ['text/markdown', 'text/x-markdown'],
} satisfies Types<DocumentBlock['document']['format']>

/** Several containers go by one media type: the first format with it is the one that is meant. */
const audioTypes = {
  wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  mp3: ['audio/mpeg', 'audio/mp3'],
  flac: ['audio/flac', 'audio/x-flac'],
  ogg: ['audio/ogg', 'application/ogg'],
  opus: ['audio/opus', 'audio/ogg'],
  aac: ['audio/aac', 'audio/x-aac', 'audio/aacp'],
  m4a: ['audio/m4a', 'audio/x-m4a', 'audio/mp4'],
  mp4: ['audio/mp4', 'video/mp4'],
  mpeg: ['audio/mpeg'],
  mpga: ['audio/mpeg'],
  webm: ['audio/webm', 'video/webm'],
  mka: ['audio/x-matroska', 'audio/matroska'],
  mkv: ['video/x-matroska', 'video/matroska'],
  pcm: ['audio/pcm', 'audio/l16', 'audio/x-pcm'],
  'x-aac': ['audio/x-aac', 'audio/aac'],
} satisfies Types<AudioBlock['audio']['format']>

export const audioFormats = Object.keys(audioTypes) as AudioBlock['audio']['format'][]

type Types<Format extends string> = Record<Format, readonly string[]>

/** The media types that a block's content may be served as. */
export function mediaTypesOf(block: MediaBlock): readonly string[] {
  if ('image' in block) return imageTypes[block.image.format]
  if ('audio' in block) return audioTypes[block.audio.format]
  const { format } = block.document
  // Plain text is what servers make of most text files.
  return format === 'md' || format === 'csv'
    ? [...documentTypes[format], ...documentTypes.txt]
    : documentTypes[format]
}

/** Content of a media type as the block for it; `undefined`: no block holds such content. */
export function mediaBlock(
  mediaType: string,
  source: MediaSource,
  name: string,
): MediaBlock | undefined {
  const type = plainMediaType(mediaType)
  const image = formatOf(imageTypes, type)
  if (image) return { image: { format: image, source } }
  const document = formatOf(documentTypes, type)
  if (document) return { document: { format: document, name, source } }
  const audio = formatOf(audioTypes, type)
  return audio && { audio: { format: audio, source } }
}

/** The media type that a file's name tells of. */
export function mediaTypeOfName(name: string): string | undefined {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const types: Record<string, readonly string[]> = {
    ...imageTypes,
    ...documentTypes,
    ...audioTypes,
  }
  const format = spellings[extension] ?? extension
  return Object.hasOwn(types, format) ? types[format]?.[0] : undefined
}

const spellings: Readonly<Record<string, string>> = { jpg: 'jpeg', htm: 'html', markdown: 'md' }

/** A source as a conversation keeps it: bytes as base64. `undefined`: it is none. */
export function mediaSource(value: unknown): MediaSource | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('bytes' in value) {
    if (typeof value.bytes === 'string') return { bytes: value.bytes }
    if (value.bytes instanceof Uint8Array)
      return { bytes: Buffer.from(value.bytes).toString('base64') }
  }
  return 'url' in value && typeof value.url === 'string' ? { url: value.url } : undefined
}

/** Text, whatever its syntax, that a model can read as it is. */
export function isTextType(mediaType: string): boolean {
  return /^text\/|[/+](json|xml|yaml|javascript)$/.test(plainMediaType(mediaType))
}

/** Without parameters such as `charset`. */
export function plainMediaType(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

export function isMediaBlock(block: ContentBlock): block is MediaBlock {
  return 'image' in block || 'document' in block || 'audio' in block
}

/** Where a block's content is to be fetched; `undefined`: there is nothing to fetch. */
export function urlOf(block: ContentBlock): string | undefined {
  if (!isMediaBlock(block)) return undefined
  const { source } =
    'image' in block ? block.image : 'document' in block ? block.document : block.audio
  return 'url' in source ? source.url : undefined
}

export function withSource(block: MediaBlock, source: MediaSource): MediaBlock {
  if ('image' in block) return { image: { ...block.image, source } }
  if ('document' in block) return { document: { ...block.document, source } }
  return { audio: { ...block.audio, source } }
}

function formatOf<Format extends string>(types: Types<Format>, type: string): Format | undefined {
  const formats = Object.keys(types) as Format[]
  return formats.find((format) => types[format].includes(type))
}
