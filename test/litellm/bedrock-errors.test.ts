import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { loadVendor } from '../../src/litellm/wires/bedrock-converse/client.js'
import { errorStep, type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { bedrockRoute, callError, callReply, says } from './bedrock-call.js'

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.reset())
afterEach(() => vi.unstubAllEnvs())

const refusals: [
  status: number,
  name: string,
  message: string,
  code: string,
  retryable: boolean,
][] = [
  [429, 'ThrottlingException', 'Too many tokens, please wait.', 'rateLimit', true],
  [400, 'ServiceQuotaExceededException', 'Quota exceeded.', 'rateLimit', true],
  [429, 'ModelNotReadyException', 'Warming up.', 'providerError', true],
  [403, 'AccessDeniedException', 'You have no access to the model.', 'permission', false],
  [
    403,
    'AccessDeniedException',
    'Authentication failed: make sure your API Key is valid.',
    'authentication',
    false,
  ],
  [
    403,
    'AccessDeniedException',
    'You invoked an unsupported model or your request did not allow prompt caching.',
    'unsupportedParams',
    false,
  ],
  [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'authentication',
    false,
  ],
  [403, 'ExpiredTokenException', 'The token has expired.', 'authentication', false],
  [
    400,
    'ValidationException',
    'Input is too long for requested model.',
    'contextWindowOverflow',
    false,
  ],
  [
    400,
    'ValidationException',
    'Too many input tokens. Max is 8192.',
    'contextWindowOverflow',
    false,
  ],
  [
    400,
    'ValidationException',
    'Please reduce the length of the messages.',
    'contextWindowOverflow',
    false,
  ],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'modelNotFound', false],
  [
    400,
    'ValidationException',
    'Invocation of model ID x with on-demand throughput isn’t supported. Retry with an inference profile.',
    'modelNotFound',
    false,
  ],
  [
    400,
    'ValidationException',
    'Malformed input request: #: extraneous key [seed] is not permitted.',
    'unsupportedParams',
    false,
  ],
  [
    400,
    'ValidationException',
    'This model doesn’t support the toolConfig.toolChoice.tool field.'.replace('’', "'"),
    'unsupportedParams',
    false,
  ],
  [400, 'ValidationException', 'messages: something is wrong.', 'invalidRequest', false],
  [404, 'ResourceNotFoundException', 'Model not found.', 'modelNotFound', false],
  [408, 'ModelTimeoutException', 'The model took too long.', 'timeout', true],
  [424, 'ModelErrorException', 'The model failed.', 'providerError', true],
  [500, 'InternalServerException', 'Oh.', 'providerError', true],
  [503, 'ServiceUnavailableException', 'Busy.', 'providerError', true],
]

test.each(refusals)('%i %s: %s', async (status, name, message, code, retryable) => {
  for (const stream of [true, false]) {
    provider.script(errorStep(status, { message }, { 'x-amzn-errortype': name }))
    const error = await callError(says('Hi'), { route: bedrockRoute(provider.url), stream })
    expect(error).toMatchObject({ code, retryable, status })
    expect(error.message).toContain(message)
    expect(error.hint).not.toBe('')
  }
  // The package itself repeats nothing.
  expect(provider.requests).toHaveLength(2)
})

test('the time to wait is told', async () => {
  provider.script(errorStep(429, { message: 'Slow.' }, { 'retry-after': '7' }))
  const error = await callError(says('Hi'), { route: bedrockRoute(provider.url) })
  expect(error.retryAfterMs).toBe(7000)
})

test('an error page is an error of its status', async () => {
  provider.script(errorStep(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }))
  const error = await callError(says('Hi'), { route: bedrockRoute(provider.url) })
  expect(error).toMatchObject({ code: 'providerError', retryable: true, status: 502 })
  expect(error.message).not.toContain('<html>')
})

test('no secret comes back in a message', async () => {
  const message =
    'The request signature we calculated does not match AKIDTEST. The Canonical String for this request should have been x-amz-security-token:secret-session'
  provider.script(errorStep(403, { message }, { 'x-amzn-errortype': 'InvalidSignatureException' }))
  const error = await callError(says('Hi'), { route: bedrockRoute(provider.url) })
  expect(error.code).toBe('authentication')
  expect(error.message).not.toMatch(/AKIDTEST|secret-session/)
})

test('a server that is not there', async () => {
  const error = await callError(says('Hi'), { route: bedrockRoute('http://127.0.0.1:9') })
  expect(error).toMatchObject({ code: 'connection', retryable: true, unsent: true })
})

test('a model that cannot use tools while it streams answers in one reply', async () => {
  const message = "This model doesn't support tool use in streaming mode."
  provider.script(errorStep(400, { message }), { text: 'Hello.' })
  const { message: answer } = await callReply(says('Hi'), { route: bedrockRoute(provider.url) })
  expect(answer.content).toEqual([{ text: 'Hello.' }])
  expect(provider.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
    'converse-stream',
    'converse',
  ])
})

test('an answer Bedrock could not read is no answer', async () => {
  provider.script({ text: 'Hm', stopReason: 'malformed_tool_use' })
  const error = await callError(says('Hi'), { route: bedrockRoute(provider.url) })
  expect(error).toMatchObject({ code: 'providerError', retryable: true })
  expect(error.message).toContain('malformed_tool_use')
})

describe('without credentials', () => {
  beforeEach(() => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  })

  test('the error names the ways, and nothing was sent', async () => {
    const route = bedrockRoute(provider.url, { aws: { region: 'us-east-1' } })
    const error = await callError(says('Hi'), { route })
    expect(error).toMatchObject({ code: 'authentication', unsent: true, retryable: false })
    for (const way of ['aws_access_key_id', 'aws_profile_name', 'AWS_BEARER_TOKEN_BEDROCK'])
      expect(error.hint).toContain(way)
    expect(provider.requests).toHaveLength(0)
  })

  test('a variable does not overrule keys that are given', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'somebody-elses')
    const aws = { region: 'us-west-1', accessKeyId: 'AKIDOTHER', secretAccessKey: 'not-a-secret' }
    await callReply(says('Hi'), { route: bedrockRoute(provider.url, { aws }) })
    expect(provider.requests[0]?.headers.authorization).toContain('Credential=AKIDOTHER/')
  })

  test('half a key is told before anything is sent', async () => {
    const aws = { region: 'us-east-1', accessKeyId: 'AKIDHALF' }
    const error = await callError(says('Hi'), { route: bedrockRoute(provider.url, { aws }) })
    expect(error).toMatchObject({ code: 'configuration' })
    expect(error.hint).toContain('aws_secret_access_key')
  })
})

describe('the package', () => {
  const absent = Object.assign(
    new Error("Cannot find package '@aws-sdk/client-bedrock-runtime' imported from /x.js"),
    { code: 'ERR_MODULE_NOT_FOUND' },
  )

  test('where it is absent, the error says how to install it', async () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { devDependencies: Record<string, string> }
    const name = '@aws-sdk/client-bedrock-runtime'
    await expect(loadVendor(() => Promise.reject(absent))).rejects.toMatchObject({
      code: 'configuration',
      hint: expect.stringContaining(`npm install ${name}@${manifest.devDependencies[name]} `),
    })
  })

  test('another fault in it is not taken for its absence', async () => {
    const other = new Error('Cannot find package "tslib"')
    await expect(loadVendor(() => Promise.reject(other))).rejects.toBe(other)
  })
})
