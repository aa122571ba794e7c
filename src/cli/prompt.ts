import { basename } from 'node:path'
import type { ContentBlock } from '../agent/messages/content.js'
import { isTextType, mediaBlock, mediaTypeOfName } from '../agent/messages/media.js'
import { decodePlainText } from '../util/decode-text.js'
import { fileErrorText } from '../util/file-error.js'
import { UsageError } from './parse-options.js'

/** What the command line can refer to. */
export interface Reading {
  readFile(path: string): Promise<Buffer>
  /** Returns all of stdin. */
  readStdin(): Promise<Buffer>
  /** Returns what was piped in; `undefined` if stdin is a terminal or has no content. */
  readPiped(options: { quiet: boolean }): Promise<Buffer | undefined>
}

interface PromptOptions {
  image?: string[] | undefined
  file?: string[] | undefined
  quiet?: boolean | undefined
}

/** Returns the prompt: the words, files and piped text in their order, then images and documents. */
export async function promptOf(
  words: readonly string[],
  { image = [], file = [], quiet = false }: PromptOptions,
  reading: Reading,
): Promise<string | ContentBlock[]> {
  const text = await textOfAll(words, quiet, reading)
  if (image.length === 0 && file.length === 0) return text
  const images = image.map((path) => imageBlock(path, reading))
  const files = file.map((path) => fileBlock(path, reading))
  return [{ text }, ...(await Promise.all([...images, ...files]))]
}

async function textOfAll(
  words: readonly string[],
  quiet: boolean,
  reading: Reading,
): Promise<string> {
  const parts: string[] = []
  for (const word of words)
    parts.push(word === '-' ? stdinText(await reading.readStdin()) : await textOf(word, reading))
  const piped = words.includes('-') ? undefined : await reading.readPiped({ quiet })
  if (piped) parts.push(stdinText(piped))
  if (parts.length === 0)
    throw new UsageError('run needs a prompt: words, @FILE, or text piped to stdin.')
  const filled = parts.map((part) => part.trimEnd()).filter((part) => part !== '')
  const text = filled.join('\n\n').trim()
  if (text === '') throw new UsageError('The prompt is empty.')
  return text
}

function stdinText(content: Buffer): string {
  const text = decodePlainText(content)
  if (text !== undefined) return text
  throw new UsageError('stdin is not text. Pass an image with --image and a document with --file.')
}

/** Returns the word, or the text of the file if @ precedes it. */
export async function textOf(word: string, reading: Reading): Promise<string> {
  if (word.startsWith('@@')) return word.slice(1)
  if (!word.startsWith('@')) return word
  const path = word.slice(1)
  const advice = `Write @${word} for a text that begins with @.`
  const content = await fileContent(path, reading, advice)
  const text = decodePlainText(content)
  if (text !== undefined) return text
  throw new UsageError(`${path} is not a text file. Pass it with --image or --file.`)
}

/** Reads a file that the command line names. Throws a UsageError that ends with the advice. */
export async function fileContent(
  path: string,
  { readFile }: Pick<Reading, 'readFile'>,
  advice = '',
): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const reason = `"${path}" cannot be read: ${fileErrorText(error)}.`
    throw new UsageError(`${reason} ${advice}`.trim())
  }
}

async function imageBlock(path: string, reading: Reading): Promise<ContentBlock> {
  const block = mediaBlock(mediaTypeOfName(path) ?? '', { bytes: '' }, '')
  if (!block || !('image' in block))
    throw new UsageError(`--image accepts png, jpeg, gif and webp files, not ${path}.`)
  const bytes = (await fileContent(path, reading)).toString('base64')
  return { image: { ...block.image, source: { bytes } } }
}

/** Returns a document or audio block, or the content as text if no block fits its type. */
async function fileBlock(path: string, reading: Reading): Promise<ContentBlock> {
  const content = await fileContent(path, reading)
  const name = basename(path)
  const type = mediaTypeOfName(name)
  if (type !== undefined && !isTextType(type)) {
    const block = mediaBlock(type, { bytes: content.toString('base64') }, name)
    if (block) return block
  }
  const text = decodePlainText(content)
  if (text === undefined)
    throw new UsageError(`${path} is neither text nor a document format that models can read.`)
  return { text: `File ${name}:\n${text}` }
}
