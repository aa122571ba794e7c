import { basename } from 'node:path'
import type { ContentBlock } from '../agent/messages/content.js'
import { isTextType, mediaBlock, mediaTypeOfName } from '../agent/messages/media.js'
import { UsageError } from './parse-options.js'

/** Where words of the command line may come from. */
export interface Reading {
  /** Fails with a UsageError. */
  readFile(path: string): Promise<Buffer>
  readStdin(): Promise<string>
  stdinIsTerminal: boolean
}

/** The prompt: words, files and stdin in their order, then what goes with it. */
export async function promptOf(
  words: readonly string[],
  { image = [], file = [] }: { image?: string[] | undefined; file?: string[] | undefined },
  reading: Reading,
): Promise<string | ContentBlock[]> {
  const text = await textOfAll(words, reading)
  if (image.length === 0 && file.length === 0) return text
  const images = image.map((path) => imageBlock(path, reading))
  const files = file.map((path) => fileBlock(path, reading))
  return [{ text }, ...(await Promise.all([...images, ...files]))]
}

async function textOfAll(words: readonly string[], reading: Reading): Promise<string> {
  if (words.length === 0 && reading.stdinIsTerminal)
    throw new UsageError('run needs a prompt: words, @FILE, or - for stdin.')
  const parts: string[] = []
  for (const word of words.length > 0 ? words : ['-'])
    parts.push(word === '-' ? await reading.readStdin() : await textOf(word, reading))
  const text = parts.join('\n\n').trim()
  if (text === '') throw new UsageError('The prompt is empty.')
  return text
}

/** A word, or with @ before it the text of a file. */
export async function textOf(word: string, { readFile }: Reading): Promise<string> {
  if (word.startsWith('@@')) return word.slice(1)
  return word.startsWith('@') ? (await readFile(word.slice(1))).toString() : word
}

async function imageBlock(path: string, { readFile }: Reading): Promise<ContentBlock> {
  const block = mediaBlock(mediaTypeOfName(path) ?? '', { bytes: '' }, '')
  if (!block || !('image' in block))
    throw new UsageError(`--image takes png, jpeg, gif and webp files, not ${path}.`)
  const bytes = (await readFile(path)).toString('base64')
  return { image: { ...block.image, source: { bytes } } }
}

/** What no block is made for is sent as text, if it is some. */
async function fileBlock(path: string, { readFile }: Reading): Promise<ContentBlock> {
  const content = await readFile(path)
  const name = basename(path)
  const type = mediaTypeOfName(name)
  if (type !== undefined && !isTextType(type)) {
    const block = mediaBlock(type, { bytes: content.toString('base64') }, name)
    if (block) return block
  }
  const text = utf8(content)
  if (text === undefined)
    throw new UsageError(`${path} is neither text nor a document that models are known to read.`)
  return { text: `File ${name}:\n${text}` }
}

function utf8(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return undefined
  }
}
