import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { reportTrust, trusting } from '../helpers/trust.js'
import { startCallingModel } from './calling-model.js'
import { clientTable } from './client-table.js'
import { everyTool } from './every-tool.js'
import { hasObject, receivedText } from './received.js'
import { runStack } from './run-stack.js'
import { isPython, lockedVersion } from './stack-files.js'
import { type Stack, stacks } from './stacks.js'

const run = promisify(execFile)

const schema = {
  type: 'object',
  properties: {
    genre: { type: 'string', enum: ['scienceFiction'] },
    pages: { type: 'integer', minimum: 412 },
  },
  required: ['genre', 'pages'],
}

/** What the model of each stack calls. */
const calls = [
  { tool: 'run_agent', arguments: { prompt: 'What is 17*23?', tools: ['calculator'] } },
  { tool: 'structured_extract', arguments: { prompt: 'Describe the book Dune.', schema } },
  { tool: 'run_agent', arguments: { prompt: 'Hello', modelId: 'no-such-model' } },
]

const table = clientTable()
let server: HttpServer
let node24: string
let home: string

beforeAll(async () => {
  const script = fileURLToPath(new URL('../../scripts/node24.sh', import.meta.url))
  node24 = (await run('bash', [script])).stdout.trim()
  home = await mkdtemp(join(tmpdir(), 'stacks-'))
  server = await startHttp({ LITELLM_AGENTS_MODEL_ID: 'offline/demo' })
})
afterAll(async () => {
  await server.stop()
  await rm(home, { recursive: true, force: true })
  reportTrust('clients', { stacks: table.size() }, table.rows())
})

const cases = (withModel: boolean) =>
  stacks
    .filter(({ wire, inCi }) => (wire !== undefined) === withModel && (trusting || inCi))
    .flatMap((stack) => transports(stack).map((transport) => ({ stack, transport })))

test.each(cases(true))(
  'over $transport, the model of $stack.title receives the tools, the answer, the object and the error',
  async ({ stack, transport }) => {
    const model = await startCallingModel(stack.wire ?? 'openai', calls)
    try {
      await runStack({ stack, transport, server, modelUrl: model.url, node24, home })
      const offered = JSON.stringify(model.requests[0]?.tools)
      for (const { tool } of everyTool('')) expect(offered).toContain(tool)
      const text = receivedText(model.requests.at(-1) ?? {})
      expect(text).toContain('17*23 = 391')
      expect(hasObject(text, { genre: 'scienceFiction', pages: 412 }), text).toBe(true)
      expect(text).toMatch(/no-such-model.*litellm_proxy/s)
    } finally {
      await model.close()
    }
    table.add(stack.title, versions(stack), transport, 'its model got answer, object and error')
  },
  120_000,
)

test.each(cases(false))(
  'over $transport, the snippet of $stack.title prints the answer',
  async ({ stack, transport }) => {
    const out = await runStack({ stack, transport, server, modelUrl: server.url, node24, home })
    expect(out).toContain('17*23 = 391')
  },
  60_000,
)

function transports({ only }: Stack): readonly ('stdio' | 'http')[] {
  return only === undefined ? ['stdio', 'http'] : [only]
}

function versions(stack: Stack): string {
  const mcp = isPython(stack) ? `, mcp ${lockedVersion(stack, 'mcp')}` : ''
  return `${lockedVersion(stack)}${mcp}`
}
