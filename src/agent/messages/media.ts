import type {
  AudioBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  MediaBlock,
  MediaSource,
} from './content.js'

/** Media types by format. The first is sent; the others are accepted too. */
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

/** Several formats share a media type. The first format listed with a type is chosen for it. */
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

/** Returns the media types that a block's content may be served as. */
export function mediaTypesOf(block: MediaBlock): readonly string[] {
  if ('image' in block) return imageTypes[block.image.format]
  if ('audio' in block) return audioTypes[block.audio.format]
  const { format } = block.document
  // Many servers serve text files as text/plain.
  return format === 'md' || format === 'csv'
    ? [...documentTypes[format], ...documentTypes.txt]
    : documentTypes[format]
}

/** Creates the block for content of a media type. Returns `undefined` if there is none for it. */
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

/** Returns the media type for a file name's extension, or `undefined` if it is unknown. */
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

/** Converts a source to the form kept in a conversation, with base64 bytes. `undefined` if it is not a source. */
export function mediaSource(value: unknown): MediaSource | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('bytes' in value) {
    if (typeof value.bytes === 'string') return { bytes: value.bytes }
    if (value.bytes instanceof Uint8Array)
      return { bytes: Buffer.from(value.bytes).toString('base64') }
  }
  return 'url' in value && typeof value.url === 'string' ? { url: value.url } : undefined
}

/** Whether a media type is text of any syntax, which a model can read directly. */
export function isTextType(mediaType: string): boolean {
  return /^text\/|[/+](json|xml|yaml|javascript)$/.test(plainMediaType(mediaType))
}

/** Returns a media type in lower case, without parameters such as `charset`. */
export function plainMediaType(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

export function isMediaBlock(block: ContentBlock): block is MediaBlock {
  return 'image' in block || 'document' in block || 'audio' in block
}

/** Returns the URL of a block's content, or `undefined` if it has none. */
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
