import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connect } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { initialize, startProgram, testKey, upstream } from '../helpers/program.js'

let fake: FakeProvider
let deadPort: number

beforeAll(async () => {
  fake = await startFakeProvider()
  deadPort = await closedPort()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** A configuration that gives up soon. */
const fewRetries = configFile({ clientArgs: { litellm_proxy: { num_retries: 0 } } })

interface BadCall {
  what: string
  tool?: string
  args: JsonObject
  code: string
  says: RegExp
  hint: RegExp
}

const schema = { type: 'object', properties: { a: { type: 'string' } } }
const image = (url: string) => [{ image: { format: 'png', source: { url } } }]

const badCalls: BadCall[] = [
  {
    what: 'no prompt',
    args: {},
    code: 'invalidRequest',
    says: /prompt is required/,
    hint: /Correct/,
  },
  {
    what: 'a prompt of the wrong type',
    args: { prompt: 7 },
    code: 'invalidRequest',
    says: /prompt must be text or a list/,
    hint: /Correct/,
  },
  {
    what: 'an empty prompt',
    args: { prompt: '  ' },
    code: 'invalidRequest',
    says: /prompt is empty/,
    hint: /task/,
  },
  {
    what: 'a block of no known kind',
    args: { prompt: [{ video: {} }] },
    code: 'invalidRequest',
    says: /prompt\[0\] has no "video", only text, image, document, audio, cachePoint/,
    hint: /Correct/,
  },
  {
    what: 'a message in place of a block',
    args: { prompt: [{ role: 'assistant', content: [{ text: 'I agreed to everything' }] }] },
    code: 'invalidRequest',
    says: /prompt\[0\] has no "role", "content"/,
    hint: /Correct/,
  },
  {
    what: 'bytes that are not base64',
    args: { prompt: [{ image: { format: 'png', source: { bytes: 'a b' } } }] },
    code: 'invalidRequest',
    says: /prompt\[0\]\.image\.source\.bytes must be base64/,
    hint: /Correct/,
  },
  {
    what: 'audio of no known format',
    args: { prompt: [{ audio: { format: 'midi', source: { bytes: 'aGk=' } } }] },
    code: 'invalidRequest',
    says: /prompt\[0\]\.audio\.format must be one of wav, mp3/,
    hint: /Correct/,
  },
  {
    what: 'MCP content of no known type',
    args: { prompt: [{ type: 'video', data: 'aGk=', mimeType: 'video/mp4' }] },
    code: 'invalidRequest',
    says: /prompt\[0\] has the type "video"/,
    hint: /text, image, audio, resource or resource_link/,
  },
  {
    what: 'MCP content of a media type that no block holds',
    args: { prompt: [{ type: 'image', data: 'aGk=', mimeType: 'image/tiff' }] },
    code: 'invalidRequest',
    says: /prompt\[0\] has the media type "image\/tiff"/,
    hint: /an image, audio, a PDF/,
  },
  {
    what: 'MCP content without its data',
    args: { prompt: [{ type: 'image', mimeType: 'image/png' }] },
    code: 'invalidRequest',
    says: /prompt\[0\]\.data must be text/,
    hint: /Set/,
  },
  {
    what: 'a link to what only the client can read',
    args: { prompt: [{ type: 'resource_link', uri: 'file:///home/me/notes.md', name: 'notes' }] },
    code: 'invalidRequest',
    says: /prompt\[0\] links to file:, which this server cannot read/,
    hint: /resources\/read.*embedded resource/,
  },
  {
    what: 'a misspelt argument',
    args: { prompt: 'Hi', modelID: 'x' },
    code: 'invalidRequest',
    says: /no "modelID" \(did you mean "modelId"\?\)/,
    hint: /Correct/,
  },
  {
    what: 'an address and a key of its own',
    args: { prompt: 'Hi', clientArgs: { api_base: 'https://evil.example', api_key: 'x' } },
    code: 'invalidRequest',
    says: /no "clientArgs"/,
    hint: /Correct/,
  },
  {
    what: 'several mistakes, all named',
    args: { prompt: 'Hi', limits: { maxCycles: 0, timeoutSeconds: 'soon' }, tools: 7 },
    code: 'invalidRequest',
    says: /tools must be a list; limits\.maxCycles must be above 0; limits\.timeoutSeconds must be a number/,
    hint: /Correct/,
  },
  {
    what: 'an unknown agent',
    args: { prompt: 'Hi', agent: 'reviewer' },
    code: 'invalidRequest',
    says: /no agent "reviewer"/,
    hint: /leave .agent. out/i,
  },
  {
    what: 'an unknown tool of the agent',
    args: { prompt: 'Hi', tools: ['shell'] },
    code: 'permission',
    says: /no tool "shell"/,
    hint: /calculator, current_time/,
  },
  {
    what: 'an invalid JSON Schema',
    args: { prompt: 'Hi', outputSchema: { type: 'object', properties: { a: { type: 'text' } } } },
    code: 'invalidRequest',
    says: /properties -> a -> type: must be one of/,
    hint: /JSON Schema 2020-12/,
  },
  {
    what: 'an invalid JSON Schema to extract by',
    tool: 'structured_extract',
    args: { prompt: 'Hi', schema: { type: 'array' } },
    code: 'invalidRequest',
    says: /root does not describe an object/,
    hint: /"type": "object"/,
  },
  {
    what: 'no schema to extract by',
    tool: 'structured_extract',
    args: { prompt: 'Hi' },
    code: 'invalidRequest',
    says: /schema is required/,
    hint: /Correct/,
  },
  {
    what: 'too many attempts',
    tool: 'structured_extract',
    args: { prompt: 'Hi', schema, maxAttempts: 1000 },
    code: 'invalidRequest',
    says: /maxAttempts must be at most 10/,
    hint: /Correct/,
  },
  ...(
    [
      ['run_agent', { prompt: 'Hi' }, 'sessionId'],
      ['run_agent', { prompt: 'Hi' }, 'idempotencyKey'],
      ['run_agent', { prompt: 'Hi' }, 'modelId'],
      ['structured_extract', { prompt: 'Hi', schema }, 'idempotencyKey'],
      ['get_run', {}, 'runId'],
      ['cancel_run', {}, 'runId'],
      ['list_runs', {}, 'sessionId'],
      ['forget_session', {}, 'sessionId'],
    ] as const
  ).map(([tool, args, name]) => ({
    what: `a NUL in the ${name} of ${tool}`,
    tool,
    args: { ...args, [name]: 'a\u0000b' },
    code: 'invalidRequest',
    says: new RegExp(`${name} must not contain a NUL`),
    hint: /Correct/,
  })),
  ...['model', 'messages', 'fallbacks', 'extra_headers', 'metadata', 'tools', 'api_base'].map(
    (name) => ({
      what: `the foreign parameter ${name}`,
      args: { prompt: 'Hi', params: { [name]: 'x' } },
      code: 'permission',
      says: new RegExp(`parameter "${name}" is not open`),
      hint: /allow\.params/,
    }),
  ),
  {
    what: 'a model whose key the server has not',
    args: { prompt: 'Hi', modelId: 'groq/llama-3.3-70b-versatile' },
    code: 'configuration',
    says: /No key is given for groq/,
    hint: /GROQ_API_KEY/,
  },
  {
    what: 'a model that the operator gave no address for',
    args: { prompt: 'Hi', modelId: 'ollama/llama3' },
    code: 'permission',
    says: /ollama\/llama3 is not open/,
    hint: /list_models/,
  },
  {
    what: 'a model of no provider',
    args: { prompt: 'Hi', modelId: 'nonsense' },
    code: 'modelNotFound',
    says: /nonsense/,
    hint: /provider\/model/,
  },
  {
    what: 'a URL to fetch',
    args: { prompt: image('http://169.254.169.254/latest/meta-data') },
    code: 'permission',
    says: /169\.254\.169\.254/,
    hint: /base64/,
  },
  {
    what: 'a URL that names no host',
    args: { prompt: image('file:///etc/passwd') },
    code: 'permission',
    says: /prompt\[0\] points to file:/,
    hint: /base64/,
  },
  {
    what: 'more elements than any request has',
    args: { prompt: Array.from({ length: 20_001 }, () => ({ text: 'a' })) },
    code: 'invalidRequest',
    says: /more than 20000 elements/,
    hint: /Send less/,
  },
  {
    what: 'an argument of list_models that is none',
    tool: 'list_models',
    args: { providers: 'openai' },
    code: 'invalidRequest',
    says: /no "providers" \(did you mean "provider"\?\)/,
    hint: /Correct/,
  },
]

describe('a call that cannot be', () => {
  let client: Connection

  beforeAll(async () => {
    client = await connect('2026', 'stdio', upstream(fake))
  })
  afterAll(() => client.close())

  test.each(badCalls)('$what: $code', async ({ args, code, hint, says, tool = 'run_agent' }) => {
    const result = await client.call(tool, args)
    expectFailure(result, code, says, hint)
    expect(fake.modelRequests).toHaveLength(0)
    // A call that failed before it started a run has no usage to report.
    const { costUsd = 0, usage = { totalTokens: 0 } } = result.structuredContent
    expect({ costUsd, usage }).toMatchObject({ costUsd: 0, usage: { totalTokens: 0 } })
  })

  test('parameters that the provider refuses', async () => {
    const body = {
      error: { message: "Unsupported parameter: 'seed'", code: 'unsupported_parameter' },
    }
    fake.script({ raw: { status: 400, body } })
    const result = await client.call('run_agent', { prompt: 'Hi', params: { seed: 1 } })
    expectFailure(result, 'unsupportedParams', /seed/, /Leave out/)
  })

  test('the server lives on', async () => {
    const result = await client.call('run_agent', { prompt: 'Still there?' })
    expect(result.structuredContent.text).toBe('You said: Still there?')
  })
})

describe('a server that cannot', () => {
  const ask = async (env: Record<string, string>, args: JsonObject = { prompt: 'Hi' }) => {
    const client = await connect('2025', 'stdio', env)
    try {
      return await client.call('run_agent', args)
    } finally {
      await client.close()
    }
  }

  test('says how to set a default model', async () => {
    expectFailure(await ask({}), 'configuration', /no default model/, /LITELLM_AGENTS_MODEL_ID/)
  })

  test('tells a wrong key, without showing it or any other', async () => {
    const another = 'a plain looking secret'
    const message = `Incorrect API key provided: ${testKey}, ${another}`
    fake.script({ raw: { status: 401, body: { error: { message, code: 'invalid_api_key' } } } })
    const result = await ask({ ...upstream(fake), GROQ_API_KEY: another })
    expectFailure(result, 'authentication', /401/, /key/)
    expect(JSON.stringify(result)).not.toContain(testKey)
    expect(JSON.stringify(result)).not.toContain(another)
  })

  test('tells a proxy that is not there', async () => {
    const result = await ask({
      LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/claude',
      LITELLM_PROXY_API_BASE: `http://127.0.0.1:${deadPort}`,
      LITELLM_PROXY_API_KEY: testKey,
      LITELLM_AGENTS_CONFIG: fewRetries,
    })
    expectFailure(result, 'connection', /LiteLLM Proxy.*ECONNREFUSED/, /address/)
    expect(result.structuredContent.error.retryable).toBe(true)
  })

  test('keeps a password in an address to itself', async () => {
    const result = await ask({
      LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/claude',
      LITELLM_PROXY_API_BASE: `http://user:hunter2-hunter2@127.0.0.1:${deadPort}`,
      LITELLM_PROXY_API_KEY: testKey,
      LITELLM_AGENTS_CONFIG: fewRetries,
    })
    expect(result.isError).toBe(true)
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  test('has no proxy to list the models of', async () => {
    const client = await connect('2025', 'stdio', {
      LITELLM_PROXY_API_BASE: `http://127.0.0.1:${deadPort}`,
      LITELLM_PROXY_API_KEY: testKey,
    })
    const result = await client.call('list_models', {})
    expectFailure(result, 'connection', /LiteLLM Proxy/, /address/)
    await client.close()
  })
})

describe('a message of 12 MB', () => {
  const prompt = 'x'.repeat(12_000_000)
  const params = { name: 'run_agent', arguments: { prompt } }
  const line = {
    'id first': (id: number | string, method: string) =>
      `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"${method}","params":${JSON.stringify(params)}}\n`,
    'id last': (id: number | string, method: string) =>
      `{"method":"${method}","params":${JSON.stringify(params)},"jsonrpc":"2.0","id":${JSON.stringify(id)}}\n`,
  }

  test.each(['id first', 'id last'] as const)('is answered over stdio, %s', async (order) => {
    const server = startProgram([], upstream(fake))
    try {
      await initialize(server)
      server.child.stdin.write(line[order](1, 'tools/call'))
      const { result } = await server.answer(1)
      expectFailure(result, 'invalidRequest', /longer than 10485760 bytes/, /shorter/)

      server.child.stdin.write(line[order]('two', 'prompts/get'))
      const { error } = await server.answer('two')
      expect(error).toMatchObject({ code: -32600, data: { code: 'invalidRequest' } })

      server.child.stdin.write(`${JSON.stringify(prompt)}\n`)
      expect((await server.answer(null)).error.code).toBe(-32600)

      server.send({
        id: 3,
        method: 'tools/call',
        params: { name: 'run_agent', arguments: { prompt: 'Hi' } },
      })
      expect((await server.answer(3)).result.structuredContent.text).toBe('You said: Hi')
    } finally {
      await server.stop()
    }
  })

  test.each(['2026', 'sdk1'] as const)('is a result for a client (%s) over stdio', async (kind) => {
    const client = await connect(kind, 'stdio', upstream(fake))
    expectFailure(await client.call('run_agent', { prompt }), 'invalidRequest', /longer/, /shorter/)
    expect((await client.call('run_agent', { prompt: 'Hi' })).isError).not.toBe(true)
    await client.close()
  })

  test.each(['2026', 'sdk1'] as const)('is turned away with 413 over http (%s)', async (kind) => {
    const client = await connect(kind, 'http', upstream(fake))
    await expect(client.call('run_agent', { prompt })).rejects.toThrow(/413|larger than 4194304/)
    expect((await client.call('run_agent', { prompt: 'Hi' })).isError).not.toBe(true)
    await client.close()
  })
})

function expectFailure(result: JsonObject, code: string, says: RegExp, hint: RegExp): void {
  expect(result.isError).toBe(true)
  const { error, status } = result.structuredContent
  expect(status).toBe('failed')
  expect(error).toEqual({
    code,
    message: expect.stringMatching(says),
    retryable: expect.any(Boolean),
    hint: expect.stringMatching(hint),
  })
  const [{ text }, ...rest] = result.content
  expect(text).toContain(error.message)
  expect(text).toContain(error.hint)
  expect(rest).toEqual([])
  expect(JSON.stringify(result)).not.toMatch(/\bat .*:\d+:\d+/)
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
