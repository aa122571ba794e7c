import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Message } from '../../src/agent/messages/content.js'
import { repairHistory } from '../../src/agent/messages/history.js'
import { resolveRoute } from '../../src/litellm/routes/route.js'
import { callSettings } from '../../src/litellm/settings.js'
import { chatRequest } from '../../src/litellm/wires/openai-chat/request.js'
import { startPython } from '../helpers/python.js'
import { reportTrust } from '../helpers/trust.js'
import { history } from './arbitraries.js'
import { many, runs } from './runs.js'

let python: ReturnType<typeof startPython>
let answers: AsyncIterator<string>

beforeAll(async () => {
  python = startPython('transform.py')
  answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
  expect((await answers.next()).value).toBe('ready')
}, 120_000)
afterAll(() => {
  python.stdin.end()
  reportTrust('properties: LiteLLM', { properties: 3, runs: runs.total })
})

/** Every call ends in what it is about. */
const prompt: Message = { role: 'user', content: [{ text: 'Go on.' }] }

const clientArgs = { api_base: 'http://127.0.0.1:4000', api_key: 'sk-test' }

test.each(['openai', 'anthropic', 'bedrock'])(
  'LiteLLM takes any history for the %s format',
  async (format) => {
    const route = resolveRoute({ modelId: 'litellm_proxy/m', clientArgs }, {})
    const settings = callSettings({ clientArgs }, route)
    await fc.assert(
      fc.asyncProperty(history, async (messages) => {
        const request = {
          messages: repairHistory([...messages, prompt]),
          system: [{ text: 'Help.' }],
          tools: [],
        }
        const { body } = chatRequest(request, route, settings, true)
        python.stdin.write(`${JSON.stringify({ format, messages: body.messages })}\n`)
        expect(JSON.parse((await answers.next()).value)).toBeNull()
      }),
      many(150, 10_000),
    )
  },
  600_000,
)
