import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import {
  type ClientKind,
  type Connection,
  clientKinds,
  connectHttp,
  connectStdio,
  type Filled,
  type HttpServer,
  type Person,
  startHttp,
} from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { modernParams, takesTasks } from '../helpers/modern-params.js'
import { program, startProgram, testKey } from '../helpers/program.js'

let fake: FakeProvider
let env: Record<string, string>

beforeAll(async () => {
  fake = await startFakeProvider()
  env = {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/standard' },
      clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
      runs: { approvalTimeoutSeconds: 30 },
      agents: {
        careful: { tools: ['calculator', 'current_time'], approval: ['calc*'] },
        hasty: { tools: ['careful'], limits: { timeoutSeconds: 20 } },
      },
    }),
  }
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const six = { name: 'calculator', arguments: { expression: '2*3' } }
const seven = { name: 'calculator', arguments: { expression: '3+4' } }
const ask = { prompt: 'What is 2*3?', agent: 'careful' }

/** What the model was told of its last tool calls. */
function toolResults(): string[] {
  const { messages } = fake.modelRequests.at(-1)?.body ?? {}
  return messages
    .filter(({ role }: JsonObject) => role === 'tool')
    .map(({ content }: JsonObject) =>
      typeof content === 'string' ? content : content.map(({ text }: JsonObject) => text).join(''),
    )
}

function people(...answers: Filled[]) {
  const asked: string[] = []
  const person: Person = (message) => {
    asked.push(message)
    return answers.shift() ?? { action: 'cancel' }
  }
  return { asked, person }
}

const allow = { action: 'accept', content: { allow: true } } as const

async function withPerson(kind: ClientKind, person: Person, run: (client: Connection) => unknown) {
  const client = await connectStdio(kind, env, [], program, person)
  try {
    await run(client)
  } finally {
    await client.close()
  }
}

describe.each(clientKinds)('a %s client with forms', (kind) => {
  test('asks its user, and the call goes on with what they allow', async () => {
    fake.script({ toolCalls: [six] }, { text: 'It is 6.' })
    const { asked, person } = people(allow)
    await withPerson(kind, person, async (client) => {
      const { structuredContent } = await client.call('run_agent', ask)
      expect(structuredContent).toMatchObject({ status: 'completed', text: 'It is 6.' })
    })
    expect(asked).toEqual([expect.stringMatching(/careful wants to call calculator.*2\*3/s)])
    expect(toolResults()).toEqual(['Result: 6'])
    expect(fake.modelRequests).toHaveLength(2)
  })

  test('tells the model why a call was refused', async () => {
    fake.script({ toolCalls: [six] }, { text: 'Then not.' })
    const { person } = people({ action: 'accept', content: { allow: false, reason: 'Too easy' } })
    await withPerson(kind, person, async (client) => {
      const { structuredContent } = await client.call('run_agent', ask)
      expect(structuredContent).toMatchObject({ status: 'completed', text: 'Then not.' })
    })
    expect(toolResults()).toEqual([expect.stringContaining('not approved: Too easy')])
  })

  test('asks about calls that are made together in one go, each for itself', async () => {
    fake.script(
      { toolCalls: [six, seven, { name: 'current_time', arguments: {} }] },
      { text: 'Done.' },
    )
    const { asked, person } = people(allow, { action: 'decline' })
    await withPerson(kind, person, (client) => client.call('run_agent', ask))
    expect(asked).toHaveLength(2)
    const [first, second] = toolResults()
    expect([first, second].filter((text) => /^Result: [67]$/.test(text ?? ''))).toHaveLength(1)
    expect([first, second].filter((text) => /not approved/.test(text ?? ''))).toHaveLength(1)
  })

  test('whose user leaves the form gets the handle of a run that waits', async () => {
    fake.script({ toolCalls: [six] }, { text: 'It is 6.' })
    const { asked, person } = people({ action: 'cancel' }, allow)
    await withPerson(kind, person, async (client) => {
      const { structuredContent } = await client.call('run_agent', ask)
      expect(structuredContent).toMatchObject({
        status: 'running',
        approvals: [{ toolName: 'calculator', input: { expression: '2*3' } }],
      })
      expect(asked).toHaveLength(1)
      const later = await client.call('get_run', { runId: structuredContent.runId })
      expect(later.structuredContent).toMatchObject({ status: 'completed', text: 'It is 6.' })
      expect(asked).toHaveLength(2)
    })
  })

  test('asks for the agents below as well, and no clock runs meanwhile', async () => {
    fake.script(
      { toolCalls: [{ name: 'agent_careful', arguments: { prompt: 'What is 2*3?' } }] },
      { toolCalls: [six] },
      { text: 'Six.' },
      { text: 'The other says six.' },
    )
    const { asked, person } = people(allow)
    await withPerson(kind, person, async (client) => {
      const { structuredContent } = await client.call('run_agent', { prompt: 'Go', agent: 'hasty' })
      expect(structuredContent).toMatchObject({ status: 'completed', text: 'The other says six.' })
    })
    expect(asked).toHaveLength(1)
  })
})

test.each(['2025', 'sdk1'] as const)(
  'a %s client over stdio that does not answer in time gets a handle, and is not asked for ever',
  async (kind) => {
    fake.script({ toolCalls: [six] }, { text: 'It is 6.' })
    const never: Person = () => new Promise(() => {})
    await withPerson(kind, never, async (client) => {
      const { structuredContent } = await client.call('run_agent', { ...ask, waitSeconds: 1 })
      const { approvals, runId } = structuredContent
      expect(structuredContent).toMatchObject({ status: 'running', approvals: [{}] })
      const answer = { runId, toolUseId: approvals[0].toolUseId, approve: true }
      const later = await client.call('answer_approval', answer)
      expect(later.structuredContent).toMatchObject({ status: 'completed', text: 'It is 6.' })
    })
  },
)

describe.each(clientKinds)('a %s client without forms', (kind) => {
  let server: HttpServer
  let client: Connection

  beforeAll(async () => {
    server = await startHttp(env, ['--no-auth'])
    client = await connectHttp(kind, server)
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  test('gets a handle and what is needed, and brings the answer by a tool', async () => {
    fake.script({ toolCalls: [six] }, { text: 'It is 6.' })
    const { content, structuredContent } = await client.call('run_agent', ask)
    const { approvals, runId } = structuredContent
    expect(structuredContent).toMatchObject({ status: 'running' })
    expect(content[0].text).toContain('answer_approval')
    expect(fake.modelRequests).toHaveLength(1)

    const [{ toolUseId }] = approvals
    const answer = await client.call('answer_approval', { runId, toolUseId, approve: true })
    expect(answer.structuredContent).toMatchObject({ status: 'completed', text: 'It is 6.', runId })
    const again = await client.call('answer_approval', { runId, toolUseId, approve: true })
    expect(again).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'invalidRequest' } },
    })
  })

  test('may stop a run that waits, with what it spent', async () => {
    fake.script({ toolCalls: [six] })
    const { structuredContent } = await client.call('run_agent', ask)
    const { runs } = (await client.call('list_runs', { status: 'running' })).structuredContent
    expect(runs).toEqual([expect.objectContaining({ runId: structuredContent.runId })])
    const stopped = await client.call('cancel_run', { runId: structuredContent.runId })
    expect(stopped.structuredContent).toMatchObject({ status: 'cancelled' })
    expect(stopped.structuredContent.usage.totalTokens).toBeGreaterThan(0)
  })
})

test('what a client brings back unsigned, or of another principal, is refused', async () => {
  fake.script({ toolCalls: [six] })
  const server = await startHttp(env, ['--no-auth'])
  const request = (requestState?: string) =>
    fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'run_agent',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: modernParams(
          {
            name: 'run_agent',
            arguments: ask,
            ...(requestState && {
              requestState,
              inputResponses: { call_1: { action: 'accept', content: { allow: true } } },
            }),
          },
          { elicitation: {} },
        ),
      }),
    }).then((response) => response.text())
  try {
    const first = await request()
    const state = /"requestState":"([^"]+)"/.exec(first)?.[1] as string
    expect(first).toContain('"resultType":"input_required"')
    const [version, , mac] = state.split('.')
    const forged = Buffer.from(JSON.stringify({ p: { runId: 'x' }, exp: 9e9 })).toString(
      'base64url',
    )
    expect(await request(`${version}.${forged}.${mac}`)).toContain('-32602')
    expect(await request('nonsense')).toContain('-32602')
  } finally {
    await server.stop()
  }
})

test('a task asks by itself, and takes the answer', async () => {
  fake.script({ toolCalls: [six] }, { text: 'It is 6.' })
  const server = startProgram([], env)
  let id = 0
  const request = async (method: string, params: JsonObject, elicitation = true) => {
    const can = { ...takesTasks, ...(elicitation && { elicitation: {} }) }
    server.send({ id: ++id, method, params: modernParams(params, can) })
    return (await server.answer(id)).result
  }
  try {
    const call = { name: 'run_agent', arguments: { ...ask, waitSeconds: 0 } }
    const { resultType, taskId } = await request('tools/call', call)
    expect(resultType).toBe('task')
    const stepped = async () => {
      for (;;) {
        const task = await request('tasks/get', { taskId })
        if (task.status !== 'working') return task
      }
    }
    const { inputRequests, status } = await stepped()
    expect(status).toBe('input_required')
    const [[key, form]] = Object.entries<JsonObject>(inputRequests) as [[string, JsonObject]]
    expect(form).toMatchObject({
      method: 'elicitation/create',
      params: { message: expect.stringContaining('calculator') },
    })
    expect(await request('tasks/get', { taskId }, false)).toMatchObject({
      status: 'working',
      statusMessage: expect.stringContaining('waiting for approval'),
    })
    const inputResponses = { [key]: { action: 'accept', content: { allow: true } } }
    await request('tasks/update', { taskId, inputResponses })
    expect(await stepped()).toMatchObject({
      status: 'completed',
      result: { structuredContent: { text: 'It is 6.' } },
    })
  } finally {
    await server.stop()
  }
})
