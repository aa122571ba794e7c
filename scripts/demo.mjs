// Starts the built server as an MCP client does, runs an agent and an extraction, and prints what came back.
import { Client } from '@modelcontextprotocol/client'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const meta = 'io.github.litellm-agents-mcp/'
const number = new Intl.NumberFormat('en-US')
const onProxy = Boolean(process.env.LITELLM_PROXY_API_BASE && process.env.LITELLM_PROXY_API_KEY)

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
  const modelId = await chooseModel()
  print(
    onProxy
      ? `Model: ${modelId}, through the LiteLLM Proxy at ${process.env.LITELLM_PROXY_API_BASE}.`
      : `Model: ${modelId}. It is scripted and inside this package: no real model is called.\nSet LITELLM_PROXY_API_BASE and LITELLM_PROXY_API_KEY to run this on a model of yours.`,
  )
  const agent = { modelId, systemPrompt, tools: ['calculator'] }
  await show('run_agent: What is 2+2', 'run_agent', { ...agent, prompt: 'What is 2+2' })
  await show('run_agent: What is 6*7, with the same system prompt', 'run_agent', {
    ...agent,
    prompt: 'What is 6*7',
  })
  await show('structured_extract: BookAnalysis', 'structured_extract', {
    modelId,
    prompt: bookPrompt,
    schema: bookAnalysis,
  })
} catch (error) {
  process.exitCode = 1
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`)
} finally {
  await client.close()
}

async function connect() {
  const own = Object.entries(process.env).filter(([name]) => /^(USE_)?LITELLM_/.test(name))
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [`${import.meta.dirname}/../dist/main.js`],
      env: { ...getDefaultEnvironment(), ...Object.fromEntries(own) },
    }),
  )
}

async function chooseModel() {
  if (!onProxy) return 'offline/demo'
  if (process.env.LITELLM_AGENTS_MODEL_ID) return process.env.LITELLM_AGENTS_MODEL_ID
  const { structuredContent } = await call('list_models', { provider: 'litellm_proxy' })
  const [first] = structuredContent.models
  if (!first) throw new Error('The proxy serves no model. Set LITELLM_AGENTS_MODEL_ID.')
  return first.modelId
}

async function show(title, tool, args) {
  print(`\n── ${title}`)
  const { content, structuredContent, _meta } = await call(tool, args)
  const { output, usage, costUsd } = structuredContent
  if (output) print(JSON.stringify(output, null, 2))
  else line('Answer', content[0].text)
  const { cycles } = _meta[`${meta}metrics`]
  const { read, written, points } = _meta[`${meta}cache`]
  const calls = cycles.length === 1 ? '1 model call' : `${cycles.length} model calls`
  line(
    'Usage',
    usage
      ? `${number.format(usage.inputTokens)} tokens in, ${number.format(usage.outputTokens)} out, in ${calls}`
      : `not told by the provider, for ${calls}`,
  )
  line('Cost', costUsd === null ? 'unknown' : `$${costUsd.toFixed(6)}`)
  line('Cache', `${number.format(written)} tokens written, ${number.format(read)} read`)
  for (const { at, reason, detail } of points) if (detail) line('', `${at}: ${reason}. ${detail}`)
}

async function call(name, args) {
  const onprogress = ({ message }) => message && print(`   … ${message}`)
  const result = await client.callTool(
    { name, arguments: args },
    { onprogress, resetTimeoutOnProgress: true },
  )
  if (result.isError) throw new Error(`${name}: ${result.content[0]?.text}`)
  return result
}

function line(label, text) {
  print(`${label.padEnd(8)}${text}`)
}

function print(text) {
  console.log(text)
}
