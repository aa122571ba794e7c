import type { DocumentBlock, ImageBlock, JsonObject } from '../../../agent/content.js'
import { invalidRequest } from '../../../agent/errors.js'
import type { Route } from '../../route.js'

type Part = JsonObject & { type: string }

const documentTypes: Record<DocumentBlock['document']['format'], string> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
}

export function imagePart({ format, source }: ImageBlock['image'], route: Route): Part {
  const mediaType = `image/${format}`
  const url = 'url' in source ? source.url : dataUrl(mediaType, source.bytes)
  // The proxy's own field: it spares it from guessing the type of what the address holds.
  const hint = route.kind === 'proxy' ? { format: mediaType } : {}
  return { type: 'image_url', image_url: { detail: 'auto', ...hint, url } }
}

export function documentPart({ format, name, source }: DocumentBlock['document']): Part {
  const mediaType = documentTypes[format]
  if (mediaType === undefined)
    throw invalidRequest(
      `A document of format ${JSON.stringify(format)} cannot be sent.`,
      `Use one of ${Object.keys(documentTypes).join(', ')}.`,
    )
  const file_data = 'url' in source ? source.url : dataUrl(mediaType, source.bytes)
  return { type: 'file', file: { file_data, filename: name } }
}

function dataUrl(mediaType: string, bytes: string): string {
  return `data:${mediaType};base64,${bytes}`
}
