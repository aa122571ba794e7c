// Starts the built server as an MCP client does, runs an agent twice and an extraction once, and prints the
// results. Exits with 1 if any of them failed or stopped early.
import { Client } from '@modelcontextprotocol/client'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const meta = 'io.github.litellm-agents-mcp/'
const number = new Intl.NumberFormat('en-US')
/** Limits how long a call waits; get_run then waits for slower runs. */
const waitSeconds = 5
/** Limits the cost of one run on the user's own key. */
const maxCostUsd = 0.05

const { ANTHROPIC_API_KEY, LITELLM_AGENTS_MODEL_ID, LITELLM_PROXY_API_BASE, OPENAI_API_KEY } =
  process.env

const sentence =
  'You are a helpful assistant that provides concise answers. This is a long system prompt with detailed instructions......'
const systemPrompt = [{ text: sentence.repeat(45) }, { cachePoint: { type: 'default', ttl: '1h' } }]

const bookAnalysis = {
  title: 'BookAnalysis',
  description: "Analyze a book's key information.",
  type: 'object',
  properties: {
    title: { type: 'string', description: "The book's title" },
    author: { type: 'string', description: "The book's author" },
    genre: { type: 'string', description: 'Primary genre or category' },
    summary: { type: 'string', description: 'Brief summary of the book' },
    rating: { type: 'integer', minimum: 1, maximum: 10, description: 'Rating from 1-10' },
  },
  required: ['title', 'author', 'genre', 'summary', 'rating'],
}
const bookPrompt = `Analyze this book: "The Hitchhiker's Guide to the Galaxy" by Douglas Adams.
It's a science fiction comedy about Arthur Dent's adventures through space
after Earth is destroyed. It's widely considered a classic of humorous sci-fi.`

const client = new Client({ name: 'litellm-agents-demo', version: '1.0.0' })

try {
  await connect()
  const { modelId, about, limits } = await chooseModel()
  print(`Model: ${modelId}, ${about}`)
  const agent = { modelId, systemPrompt, tools: ['calculator'], ...limits }
  await show('run_agent: What is 2+2', 'run_agent', { ...agent, prompt: 'What is 2+2' })
  await show('run_agent: What is 6*7, with the same system prompt', 'run_agent', {
    ...agent,
    prompt: 'What is 6*7',
  })
  await show('structured_extract: BookAnalysis', 'structured_extract', {
    modelId,
    prompt: bookPrompt,
    schema: bookAnalysis,
    ...limits,
  })
  printNextSteps(modelId)
} catch (error) {
  process.exitCode = 1
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`)
  console.error('Run `node dist/main.js doctor` to check the configuration and the keys.')
} finally {
  await client.close()
}

async function connect() {
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [`${import.meta.dirname}/../dist/main.js`],
      // The SDK passes on only a few variables by default; the server needs the keys.
      env: { ...getDefaultEnvironment(), ...process.env },
    }),
  )
}

/** Returns the model to run on, from the environment: a named one, the proxy's, a provider's, or the scripted one. */
async function chooseModel() {
  const direct = (modelId, key) => ({
    modelId,
    about: `called directly with ${key}. Each run may cost at most $${maxCostUsd}.\nSet LITELLM_AGENTS_MODEL_ID=offline/demo to run without a model call.`,
    limits: { limits: { maxCostUsd } },
  })
  const offline = {
    modelId: 'offline/demo',
    about:
      'a scripted model inside this package: no real model is called.\nSet ANTHROPIC_API_KEY, OPENAI_API_KEY, or LITELLM_PROXY_API_BASE and LITELLM_PROXY_API_KEY to run this on a real model.',
  }
  if (LITELLM_AGENTS_MODEL_ID === offline.modelId) return offline
  if (LITELLM_PROXY_API_BASE) {
    const modelId = LITELLM_AGENTS_MODEL_ID || (await firstModelOfProxy())
    return {
      modelId,
      about: `through the LiteLLM Proxy at ${new URL(LITELLM_PROXY_API_BASE).host}.`,
    }
  }
  if (LITELLM_AGENTS_MODEL_ID)
    return { modelId: LITELLM_AGENTS_MODEL_ID, about: 'from LITELLM_AGENTS_MODEL_ID.' }
  if (ANTHROPIC_API_KEY) return direct('anthropic/claude-haiku-4-5', 'ANTHROPIC_API_KEY')
  if (OPENAI_API_KEY) return direct('openai/gpt-4o-mini', 'OPENAI_API_KEY')
  return offline
}

async function firstModelOfProxy() {
  const { structuredContent } = await call('list_models', { provider: 'litellm_proxy' })
  const [first] = structuredContent?.models ?? []
  if (!first) throw new Error('The proxy serves no model. Set LITELLM_AGENTS_MODEL_ID.')
  return first.modelId
}

async function show(title, tool, args) {
  print(`\n── ${title}`)
  const { structuredContent, _meta } = await ended(await call(tool, { ...args, waitSeconds }))
  const { output, status, stopReason, text, usage, costUsd } = structuredContent
  if (output) print(JSON.stringify(output, null, 2))
  else line('Answer', text || 'none')
  const { cycles } = _meta[`${meta}metrics`]
  const { read, written, points } = _meta[`${meta}cache`]
  const calls = cycles.length === 1 ? '1 model call' : `${cycles.length} model calls`
  line(
    'Usage',
    usage
      ? `${number.format(usage.inputTokens)} tokens in, ${number.format(usage.outputTokens)} out, in ${calls}`
      : `not reported by the provider, in ${calls}`,
  )
  line('Cost', costUsd === null ? 'unknown' : `$${costUsd.toFixed(6)}`)
  line('Cache', `${number.format(written)} tokens written, ${number.format(read)} read`)
  for (const { at, reason, detail } of points) if (detail) line('', `${at}: ${reason}. ${detail}`)
  if (status !== 'completed') throw new Error(`${tool} ended with the status ${status}.`)
  if (tool === 'run_agent' && stopReason !== 'endTurn')
    throw new Error(`${tool} stopped early (${stopReason}).`)
  if (!output && !text) throw new Error(`${tool} returned an empty answer.`)
}

/** Waits with get_run, as the model of a client does, until the run is not running. */
async function ended(result) {
  const { status, runId } = result.structuredContent
  if (status !== 'running') return result
  print(`   … still running: waiting with get_run`)
  return ended(await call('get_run', { runId, waitSeconds }))
}

async function call(name, args) {
  let last
  const onprogress = ({ message }) => {
    if (message && message !== last) print(`   … ${message}`)
    last = message
  }
  const result = await client.callTool(
    { name, arguments: args },
    { onprogress, resetTimeoutOnProgress: true },
  )
  if (result.isError) throw new Error(`${name}: ${result.content[0]?.text}`)
  return result
}

function printNextSteps(modelId) {
  print(`
── Next: connect your client

node dist/main.js init

finds Claude Desktop, Claude Code, VS Code, Cursor and others, and adds this server to them. Restart
the client, then type for example:

  Use run_agent with ${modelId} to work out what 17% of 2,349 is. Give it the calculator.`)
}

function line(label, text) {
  print(`${label.padEnd(8)}${text}`)
}

function print(text) {
  console.log(text)
}
