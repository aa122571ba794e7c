import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type FileServer, file, redirect, startFileServer } from '../helpers/file-server.js'
import { testKey } from '../helpers/program.js'

let fake: FakeProvider
let files: FileServer
let closed: FileServer
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  closed = await startFileServer({ '/a.png': file('image/png', 'secret') })
  files = await startFileServer({
    '/a.png': file('image/png', 'hi'),
    '/notes.md': file('text/plain; charset=utf-8', 'hi'),
    '/a.wav': file('audio/x-wav', 'hi'),
    '/page': file('text/html', '<p>hi</p>'),
    '/moved': redirect('/a.png'),
    '/inside': redirect(`${closed.url}/a.png`),
    '/big': file('image/png', 'x'.repeat(5_000)),
    '/silent': () => {},
  })
  client = await connectStdio('2026', {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/gpt-4o-mini' },
      clientArgs: {
        openai: { api_base: `${fake.url}/v1`, api_key: testKey },
        anthropic: { api_base: fake.url, api_key: testKey },
        bedrock: {
          aws_region_name: 'us-east-1',
          aws_access_key_id: 'AKIDTEST',
          aws_secret_access_key: 'not-a-secret',
          aws_bedrock_runtime_endpoint: fake.url,
        },
      },
      allow: { urlHosts: [files.host, 'LOCALHOST', 'nowhere.invalid'], maxUrlBytes: 4_000 },
    }),
  })
})
afterAll(async () => {
  await client.close()
  await Promise.all([fake, files, closed].map((server) => server.close()))
})
beforeEach(() => fake.reset())

const bytes = Buffer.from('hi').toString('base64')
const ask = (prompt: JsonObject[], more: JsonObject = {}) =>
  client.call('run_agent', { prompt: [{ text: 'Look' }, ...prompt], ...more })
const error = (result: JsonObject) => result.structuredContent.error
/** The parts of the last message that was sent, after the text. */
const parts = () => fake.modelRequests[0]?.body.messages.at(-1).content.slice(1)
const image = (url: string) => ({ image: { format: 'png', source: { url } } })
const dataUrl = (type: string) => `data:${type};base64,${bytes}`

describe('a URL in a prompt', () => {
  test.each([
    ['openai/gpt-4o-mini', { image_url: { url: dataUrl('image/png') } }],
    ['anthropic/claude-sonnet-4-6', { source: { type: 'base64', data: bytes } }],
    ['bedrock/us.amazon.nova-lite-v1:0', { image: { format: 'png', source: { bytes } } }],
  ])('is fetched here, and %s gets the content', async (modelId, part) => {
    for (const path of ['/a.png', '/moved']) {
      fake.reset()
      expect(error(await ask([image(files.url + path)], { modelId }))).toBeUndefined()
      expect(parts()).toEqual([expect.objectContaining(withMatchers(part))])
    }
  })

  test('of a document or a sound, by any of its media types', async () => {
    const document = { format: 'md', name: 'notes', source: { url: `${files.url}/notes.md` } }
    const audio = { format: 'wav', source: { url: `${files.url}/a.wav` } }
    expect(error(await ask([{ document }, { audio }]))).toBeUndefined()
    expect(parts()).toEqual([
      { type: 'file', file: { file_data: dataUrl('text/markdown'), filename: 'notes' } },
      { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } },
    ])
  })

  test('stays in the conversation as content', async () => {
    await ask([image(`${files.url}/a.png`)], { sessionId: 'look' })
    const asked = files.asked.length
    await client.call('run_agent', { prompt: 'Again', sessionId: 'look' })
    expect(JSON.stringify(fake.modelRequests[1]?.body.messages)).toContain(dataUrl('image/png'))
    expect(files.asked).toHaveLength(asked)
  })

  test('may point to no other host, nor inside by a name or a redirect', async () => {
    const { port } = new URL(files.url)
    const refused: [string, RegExp][] = [
      [`${closed.url}/a.png`, /prompt\[1\] points to 127\.0\.0\.1, which is not open/],
      [`http://localhost:${port}/a.png`, /localhost resolves to an address that is not public/],
      [`${files.url}/inside`, /The redirect of prompt\[1\] points to 127\.0\.0\.1/],
      ['https://images.example/a.png', /which is not open/],
      [`http://me:secret@${files.host}/a.png`, /has credentials/],
      ['ftp://nowhere.invalid/a.png', /only http and https/],
      ['data:image/png;base64,aGk=', /only http and https/],
    ]
    for (const [url, message] of refused)
      expect(error(await ask([image(url)])), url).toMatchObject({
        code: 'permission',
        message: expect.stringMatching(message),
        retryable: false,
      })
    expect(closed.asked).toEqual([])
    expect(fake.modelRequests).toEqual([])
  })

  test.each([
    ['/page', 'invalidRequest', /text\/html, not as image\/png/],
    ['/big', 'invalidRequest', /4000 bytes/],
    ['/none', 'invalidRequest', /answered 404/],
  ])('is refused where there is not what was said: %s', async (path, code, message) => {
    const result = await ask([image(files.url + path)])
    expect(error(result)).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(result.structuredContent).toMatchObject({ costUsd: 0, usage: { totalTokens: 0 } })
    expect(fake.modelRequests).toEqual([])
  })

  test('of a host that is not there can be tried again', async () => {
    const nowhere = await ask([image('https://nowhere.invalid/a.png')])
    expect(error(nowhere)).toMatchObject({ code: 'connection', retryable: true })
  })

  test('ends with the call that waits for it', async () => {
    const caller = new AbortController()
    const call = client.call(
      'run_agent',
      { prompt: [image(`${files.url}/silent`)] },
      { signal: caller.signal },
    )
    await expect.poll(() => files.asked).toContain('/silent')
    caller.abort()
    await expect(call).rejects.toThrow()
    await expect.poll(() => files.abandoned, { timeout: 5_000 }).toEqual(['/silent'])
  })
})

describe('MCP’s own content in a prompt', () => {
  test('text, images, audio, embedded resources and links', async () => {
    const uri = 'file:///home/me/notes.txt'
    const blob = (name: string, mimeType?: string) => ({
      type: 'resource',
      resource: { uri: `file:///home/me/${name}`, blob: bytes, ...(mimeType && { mimeType }) },
    })
    const result = await ask([
      { type: 'text', text: 'First', annotations: { priority: 1 } },
      { type: 'image', data: bytes, mimeType: 'image/jpeg' },
      { type: 'audio', data: bytes, mimeType: 'audio/mpeg' },
      { type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'Milk' } },
      blob('report.pdf'),
      blob('data', 'application/json'),
      { type: 'resource_link', uri: `${files.url}/a.png`, name: 'a picture' },
      {
        type: 'resource_link',
        uri: `${files.url}/notes.md`,
        name: 'My notes',
        mimeType: 'text/plain',
      },
    ])
    expect(error(result)).toBeUndefined()
    const pictured = (type: string) =>
      expect.objectContaining({ image_url: { detail: 'auto', url: dataUrl(type) } })
    expect(parts()).toEqual([
      { type: 'text', text: 'First' },
      pictured('image/jpeg'),
      { type: 'input_audio', input_audio: { data: bytes, format: 'mp3' } },
      { type: 'text', text: `Resource ${uri}:\nMilk` },
      { type: 'file', file: { file_data: dataUrl('application/pdf'), filename: 'report.pdf' } },
      { type: 'text', text: 'Resource file:///home/me/data:\nhi' },
      pictured('image/png'),
      { type: 'file', file: { file_data: dataUrl('text/plain'), filename: 'My notes' } },
    ])
  })

  test('links go by the same rule as URLs', async () => {
    const link = { type: 'resource_link', uri: `${closed.url}/a.png`, name: 'a' }
    expect(error(await ask([link])).code).toBe('permission')
  })

  test('for structured_extract too', async () => {
    fake.script({ toolCalls: [{ name: 'structured_output', arguments: { said: 'hi' } }] })
    const schema = { type: 'object', properties: { said: { type: 'string' } } }
    const prompt = [{ type: 'image', data: bytes, mimeType: 'image/png' }]
    const result = await client.call('structured_extract', { prompt, schema })
    expect(result.structuredContent.output).toEqual({ said: 'hi' })
  })
})

test('a model that takes no images refuses one before any call', async () => {
  const result = await ask([image(`${files.url}/a.png`)], { modelId: 'openai/o3-mini' })
  expect(error(result)).toMatchObject({
    code: 'invalidRequest',
    message: 'openai/o3-mini takes no images.',
    hint: expect.stringContaining('has vision'),
  })
  expect(fake.modelRequests).toEqual([])
})

test('images of an answer are images of the result, and nothing else', async () => {
  const huge = `data:image/png;base64,${'A'.repeat(9 * 1024 * 1024)}`
  fake.script({
    text: 'Here you are.',
    images: [dataUrl('image/webp'), huge, 'https://example.com/b.png'],
  })
  const result = await ask([])
  expect(result.content).toEqual([
    { type: 'text', text: 'Here you are.' },
    { type: 'image', data: bytes, mimeType: 'image/webp' },
    { type: 'text', text: '[An image of 6.8 MiB is omitted because it is too large.]' },
    {
      type: 'resource_link',
      uri: 'https://example.com/b.png',
      name: 'image',
      mimeType: 'image/png',
    },
  ])
  expect(JSON.stringify([result.structuredContent, result._meta])).not.toContain(bytes)
})

/** Objects within an object as what must be in them at least. */
function withMatchers(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, expect.objectContaining(value)]),
  )
}
