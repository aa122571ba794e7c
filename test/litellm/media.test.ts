import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  Agent,
  type AgentError,
  type ContentBlock,
  LiteLLMModel,
  type Message,
  tool,
} from '../../src/index.js'
import { ConverseAnswerBuilder } from '../../src/litellm/wires/bedrock-converse/stream.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

// What goes over each wire for images, documents and audio, and what comes back.

const bytes = 'aGk='
const image = { image: { format: 'png' as const, source: { bytes } } }
const pdf = { document: { format: 'pdf' as const, name: 'paper', source: { bytes } } }
const wav = { audio: { format: 'wav' as const, source: { bytes } } }
const flac = { audio: { format: 'flac' as const, source: { bytes } } }
const made = 'data:image/webp;base64,aGk='

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

function model(modelId: string, base = `${fake.url}/v1`) {
  const clientArgs = modelId.startsWith('bedrock/')
    ? {
        aws_region_name: 'us-east-1',
        aws_access_key_id: 'AKIDTEST',
        aws_secret_access_key: 'not-a-secret',
        aws_bedrock_runtime_endpoint: fake.url,
      }
    : { api_key: 'sk-test-0123456789abcdef', ...(base && { api_base: base }) }
  return new LiteLLMModel({ modelId, clientArgs, stream: false }, { env: {} })
}

/** The content of the user message as it was sent. */
async function sent(modelId: string, ...blocks: ContentBlock[]) {
  fake.script({ text: 'ok' })
  await new Agent({ model: model(modelId) }).invoke([{ text: 'Here' }, ...blocks])
  return fake.modelRequests[0]?.body.messages.at(-1).content.slice(1)
}

async function refused(modelId: string, block: ContentBlock, base?: string): Promise<AgentError> {
  const agent = new Agent({ model: model(modelId, base) })
  const error = await agent.invoke([{ text: 'Here' }, block]).then(
    () => undefined,
    (thrown: AgentError) => thrown,
  )
  expect(error?.code).toBe('invalidRequest')
  expect(fake.modelRequests).toEqual([])
  return error as AgentError
}

describe('audio', () => {
  test('goes over the OpenAI wire in OpenAI’s form, in any format behind another address', async () => {
    const part = (format: string) => ({ type: 'input_audio', input_audio: { data: bytes, format } })
    expect(await sent('openai/gpt-audio', wav, flac)).toEqual([part('wav'), part('flac')])
    fake.reset()
    expect(await sent('litellm_proxy/any', flac)).toEqual([part('flac')])
  })

  test('goes over Converse as its audio block', async () => {
    expect(await sent('bedrock/us.amazon.nova-2-omni-v1:0', flac)).toEqual([
      { audio: { format: 'flac', source: { bytes } } },
    ])
  })

  test('is refused where the wire has no place for it, before any call', async () => {
    expect((await refused('anthropic/claude-sonnet-4-6', wav)).hint).toMatch(/[Tt]ranscri/)
    expect((await refused('openai/gpt-audio', flac, '')).hint).toMatch(/wav or mp3/)
    const source = { url: 'https://example.com/a.wav' }
    const byAddress = { audio: { format: 'wav' as const, source } }
    expect((await refused('litellm_proxy/any', byAddress)).hint).toMatch(/bytes/)
  })
})

describe('a model that is known to take no such thing', () => {
  test.each([
    ['image', 'openai/o3-mini', image, 'vision'],
    ['PDF', 'openrouter/deepseek/deepseek-v4.1-flash', pdf, 'PDF'],
    ['audio', 'openrouter/openai/gpt-4o-mini', wav, 'listens'],
  ])('refuses %s before any call, and says what kind of model can', async (_, id, block, can) => {
    const error = await refused(id, block)
    expect(error.message).toContain(id)
    expect(error.hint).toContain(can)
  })

  test('goes on where a tool shows an image', async () => {
    const camera = tool({ name: 'camera', description: 'Takes a photo.', handler: () => [image] })
    fake.script({ toolCalls: [{ name: 'camera', arguments: {} }] }, { text: 'Dark.' })
    const agent = new Agent({ model: model('openai/o3-mini'), tools: [camera] })
    expect(String(await agent.invoke('Look'))).toBe('Dark.')
    expect(fake.modelRequests[1]?.body.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: '[image: this model cannot read it]',
    })
  })
})

test('maxCostUsd counts a document and a sound by their size', async () => {
  const large = { bytes: Buffer.alloc(60_000, 'word ').toString('base64') }
  const ask = (block: ContentBlock) => {
    fake.script({ text: 'ok' })
    const agent = new Agent({ model: model('openai/gpt-4o') })
    return agent.invoke([{ text: 'Here' }, block], { limits: { maxCostUsd: 0.05 } })
  }
  const csv = { document: { format: 'csv' as const, name: 'numbers', source: large } }
  await expect(ask(csv)).rejects.toMatchObject({ code: 'limitReached' })
  expect(fake.modelRequests).toEqual([])
  expect((await ask({ audio: { format: 'mp3', source: large } })).text).toBe('ok')
  expect((await ask({ image: { format: 'png', source: large } })).text).toBe('ok')
})

test('what is not known of a model is let through', async () => {
  expect(await sent('litellm_proxy/any', image, pdf, wav)).toHaveLength(3)
  fake.reset()
  expect(await sent('deepseek/deepseek-chat', image)).toHaveLength(1)
})

test('a video is not a block that can be sent', async () => {
  const video = { video: { format: 'mp4', source: { bytes } } } as unknown as ContentBlock
  expect((await refused('litellm_proxy/any', video)).message).toMatch(/video/)
})

describe('an image in the answer', () => {
  const webp = { image: { format: 'webp', source: { bytes } } }

  test.each([true, false])('becomes a block of the message (stream: %s)', async (stream) => {
    fake.script({ text: 'Look:', images: [made, 'https://example.com/b.png'] })
    const agent = new Agent({ model: model('litellm_proxy/gemini-image') })
    const painter = agent.model as LiteLLMModel
    painter.updateConfig({ stream })
    const result = await agent.invoke('Paint')
    expect(result.text).toBe('Look:')
    expect(result.message?.content).toEqual([
      { text: 'Look:' },
      webp,
      { image: { format: 'png', source: { url: 'https://example.com/b.png' } } },
    ])
  })

  test('as a part of the content', async () => {
    const content = [{ type: 'image_url', image_url: { url: made } }]
    const choices = [{ index: 0, message: { content }, finish_reason: 'stop' }]
    fake.script({ raw: { status: 200, body: { choices } } })
    const result = await new Agent({ model: model('openai/any') }).invoke('Paint')
    expect(result.message?.content).toEqual([webp])
  })

  test('goes back to a model that made it, and is named to others', async () => {
    const messages = [
      { role: 'user', content: [{ text: 'Paint' }] },
      { role: 'assistant', content: [webp] },
    ] as Message[]
    const history = async (modelId: string) => {
      fake.reset()
      fake.script({ text: 'ok' })
      await new Agent({ model: model(modelId), messages }).invoke('Bluer')
      return fake.modelRequests[0]?.body.messages[1]
    }
    const part = {
      type: 'image_url',
      image_url: { detail: 'auto', format: 'image/webp', url: made },
    }
    expect((await history('litellm_proxy/gemini-image')).images).toEqual([{ ...part, index: 0 }])
    expect((await history('anthropic/claude-sonnet-4-6')).content).toEqual([
      { type: 'text', text: '[image]' },
    ])
    expect((await history('bedrock/us.amazon.nova-lite-v1:0')).content).toEqual([
      { text: '[image]' },
    ])
  })

  test('from Converse, whole or in pieces', () => {
    const parts = [Buffer.from('h'), Buffer.from('i')]
    const streamed = new ConverseAnswerBuilder()
    const start = { image: { format: 'webp' as const } }
    ;[...streamed.push({ contentBlockStart: { contentBlockIndex: 0, start } })]
    for (const piece of parts) {
      const delta = { image: { source: { bytes: piece } } }
      ;[...streamed.push({ contentBlockDelta: { contentBlockIndex: 0, delta } })]
    }
    expect(streamed.answer().content).toEqual([webp])
    const whole = new ConverseAnswerBuilder()
    const source = { bytes: Buffer.concat(parts) }
    const content = [{ image: { format: 'webp' as const, source } }]
    const message = { role: 'assistant' as const, content }
    ;[
      ...whole.complete({
        output: { message },
        stopReason: 'end_turn',
        usage: undefined,
        metrics: undefined,
      }),
    ]
    expect(whole.answer().content).toEqual([webp])
  })
})
