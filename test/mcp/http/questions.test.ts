import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import {
  connectHttp,
  type Filled,
  type HttpServer,
  type Person,
  startHttp,
} from '../../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  type ModelRequest,
  type Step,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { testKey } from '../../helpers/program.js'

/** 2025 clients over HTTP are asked in the middle of a call, and answer by a request of its own. */

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }

let fake: FakeProvider
let env: Record<string, string>
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  env = {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/standard' },
      clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
      agents: { careful: { tools: ['calculator'], approval: ['calculator'] } },
      http: { principals: { alice: { token: tokens.alice }, bob: { token: tokens.bob } } },
    }),
  }
  server = await startHttp(env, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => {
  fake.reset()
  fake.script(calculate)
})

/** Stands in the queue at all times: the sum in the prompt is worked out by the tool. */
function calculate({ lastUserText, toolResults }: ModelRequest): Step {
  fake.script(calculate)
  if (toolResults.length > 0) return { text: `So: ${JSON.stringify(toolResults)}` }
  return { toolCalls: [{ name: 'calculator', arguments: { expression: lastUserText } }] }
}

const as = (who: keyof typeof tokens) => ({ url: server.url, token: tokens[who] })
const asked = (prompt: string) => ({ prompt, agent: 'careful' })
const allow: Filled = { action: 'accept', content: { allow: true } }

async function withPerson(
  kind: '2025' | 'sdk1',
  person: Person,
  run: (client: Awaited<ReturnType<typeof connectHttp>>) => unknown,
) {
  const client = await connectHttp(kind, as('alice'), person)
  try {
    await run(client)
  } finally {
    await client.close()
  }
}

describe.each(['2025', 'sdk1'] as const)('a %s client with forms', (kind) => {
  test('asks its user, and the call goes on with what they allow', async () => {
    const questions: string[] = []
    const heard: number[] = []
    const person: Person = (message) => {
      questions.push(message)
      return allow
    }
    await withPerson(kind, person, async (client) => {
      const { structuredContent } = await client.call('run_agent', asked('2*3'), {
        onprogress: ({ progress }) => heard.push(progress),
      })
      expect(structuredContent).toMatchObject({
        status: 'completed',
        text: expect.stringContaining('Result: 6'),
      })
    })
    expect(questions).toEqual([expect.stringMatching(/careful wants to call calculator.*2\*3/s)])
    expect(heard.length).toBeGreaterThan(1)
    expect(heard).toEqual([...new Set(heard)].sort((one, other) => one - other))
  })

  test('tells the model that a call was refused', async () => {
    const refuse: Person = () => ({
      action: 'accept',
      content: { allow: false, reason: 'Too easy' },
    })
    await withPerson(kind, refuse, async (client) => {
      const { structuredContent } = await client.call('run_agent', asked('2*3'))
      expect(structuredContent).toMatchObject({
        status: 'completed',
        text: expect.stringContaining('not approved: Too easy'),
      })
    })
  })

  test('whose user leaves the form gets a handle, and may be asked again', async () => {
    const answers: Filled[] = [{ action: 'cancel' }, allow]
    await withPerson(
      kind,
      () => answers.shift() as Filled,
      async (client) => {
        const { structuredContent } = await client.call('run_agent', asked('2*3'))
        expect(structuredContent).toMatchObject({
          status: 'running',
          approvals: [{ toolName: 'calculator' }],
        })
        const later = await client.call('get_run', { runId: structuredContent.runId })
        expect(later.structuredContent).toMatchObject({ status: 'completed' })
        expect(answers).toEqual([])
      },
    )
  })

  test('that has no answer in time, or fails to ask, gets a handle', async () => {
    const never: Person = () => new Promise(() => {})
    const fails: Person = () => Promise.reject(new Error('No window'))
    for (const person of [never, fails])
      await withPerson(kind, person, async (client) => {
        const call = { ...asked('2*3'), waitSeconds: person === never ? 1 : 20 }
        const { structuredContent } = await client.call('run_agent', call)
        expect(structuredContent).toMatchObject({
          status: 'running',
          approvals: [{ toolName: 'calculator' }],
        })
      })
  })

  test('that cancels while it is asked stops the run', async () => {
    let leave = () => {}
    const person: Person = () => {
      leave()
      return new Promise(() => {})
    }
    await withPerson(kind, person, async (client) => {
      const leaving = new AbortController()
      leave = () => leaving.abort()
      const call = client.call('run_agent', asked('5*5'), { signal: leaving.signal })
      await expect(call).rejects.toThrow()
      const runs = async (status: string) =>
        (await client.call('list_runs', { status })).structuredContent.runs
      await expect.poll(() => runs('cancelled')).not.toEqual([])
    })
  })
})

test('clients that are asked at once get nobody else’s questions', async () => {
  const heard: string[][] = []
  const people = ['alice', 'alice', 'bob', 'bob'] as const
  await Promise.all(
    people.map(async (who, at) => {
      const own: string[] = []
      heard[at] = own
      // All are asked before the first answers.
      const person: Person = async (message) => {
        own.push(message)
        await expect.poll(() => heard.flat().length).toBe(people.length)
        return { action: 'accept', content: { allow: true } }
      }
      const client = await connectHttp(at % 2 === 0 ? 'sdk1' : '2025', as(who), person)
      const { structuredContent } = await client.call('run_agent', asked(`100+${at}`))
      expect(structuredContent.text).toContain(`Result: 10${at}`)
      await client.close()
    }),
  )
  expect(heard.map(([message]) => /100\+\d/.exec(message ?? '')?.[0])).toEqual([
    '100+0',
    '100+1',
    '100+2',
    '100+3',
  ])
})

/** A client without an SDK, that sees what goes over the wire. */
async function post(who: keyof typeof tokens, message: JsonObject, session?: string) {
  const reply = await fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })
  const { body, headers, status } = reply
  return { status, session: headers.get('mcp-session-id') ?? '', messages: messagesOf(body) }
}

async function* messagesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<JsonObject> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of body ?? []) {
    text += decoder.decode(part, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (data !== undefined) yield JSON.parse(data)
    }
  }
}

async function open(who: keyof typeof tokens, capabilities: JsonObject = { elicitation: {} }) {
  const clientInfo = { name: 'by hand – ✋', version: '1' }
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo }
  const { session } = await post(who, { id: 1, method: 'initialize', params })
  return session
}

const call = (prompt: string, more: JsonObject = {}) => ({
  id: 2,
  method: 'tools/call',
  params: { name: 'run_agent', arguments: { ...asked(prompt), ...more } },
})

const next = async (messages: AsyncGenerator<JsonObject>): Promise<JsonObject> =>
  (await messages.next()).value

test('only the principal who was asked answers, by an id that nobody can guess', async () => {
  const session = await open('alice')
  const { messages } = await post('alice', call('2*3'), session)
  const question = await next(messages)
  expect(question.method).toBe('elicitation/create')
  expect(question.id).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)

  const answer = (id: unknown, reason: string) => ({
    id,
    result: { action: 'accept', content: { allow: false, reason } },
  })
  for (const [who, id] of [
    ['bob', question.id],
    ['alice', 0],
    ['alice', '0'],
  ] as const)
    expect((await post(who, answer(id, 'Stolen'), session)).status).toBe(202)
  expect((await post('alice', answer(question.id, 'Mine'), session)).status).toBe(202)

  const { result } = await next(messages)
  expect(result.structuredContent.text).toContain('Mine')
  // Nobody waits for it any more.
  expect((await post('alice', answer(question.id, 'Late'), session)).status).toBe(202)
})

test('a question that is not answered in time is withdrawn', async () => {
  const { messages } = await post('alice', call('2*3', { waitSeconds: 1 }), await open('alice'))
  const question = await next(messages)
  expect(await next(messages)).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: question.id },
  })
  const { result } = await next(messages)
  expect(result.structuredContent).toMatchObject({ status: 'running', doing: expect.any(String) })
})

test.each([
  ['none', undefined],
  ['that of another server', '5f0c1c9e-1d6e-4a3c-9a53-6f4e9d1a2b3c'],
  ['garbled', '\u0021.forms.~~~'],
  ['endless', `5f0c1c9e-1d6e-4a3c-9a53-6f4e9d1a2b3c.forms.${'x'.repeat(4_000)}`],
])('a call with a session id that says nothing (%s) gets a handle', async (_, session) => {
  const { messages } = await post('alice', call('2*3'), session)
  expect((await next(messages)).result.structuredContent).toMatchObject({
    status: 'running',
    approvals: [{ toolName: 'calculator' }],
  })
})

test('session ids are visible ASCII, and say what their client can do', async () => {
  const able = await open('alice')
  expect(able).toMatch(/^[!-~]{1,320}$/)
  expect(await open('alice')).not.toBe(able)
  const { messages } = await post(
    'alice',
    call('2*3'),
    await open('alice', { elicitation: { url: {} } }),
  )
  expect((await next(messages)).result.structuredContent.status).toBe('running')
})

test('a client that is known to wait longer is waited for, by the name it gave', async () => {
  const fastClock = fileURLToPath(new URL('../../helpers/fast-clock.mjs', import.meta.url))
  const hurried = await startHttp({ ...env, NODE_OPTIONS: `--import ${fastClock}` }, [], 'none')
  try {
    const statusFor = async (name: string) => {
      const { url } = hurried
      const client = await connectHttp('sdk1', { url, token: tokens.alice }, undefined, name)
      const { structuredContent } = await client.call('run_agent', { prompt: 'Slowly' })
      await client.close()
      return structuredContent.status
    }
    fake.reset()
    fake.script(...Array.from({ length: 2 }, () => ({ text: 'At last', delayMs: 4_000 })))
    // 45 and 240 seconds of patience are 2 and 12 by this clock.
    const statuses = await Promise.all([statusFor('test'), statusFor('claude-code')])
    expect(statuses).toEqual(['running', 'completed'])
  } finally {
    await hurried.stop()
  }
})
