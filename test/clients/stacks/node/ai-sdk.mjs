import { createOpenAICompatible } from '@ai-sdk/openai-compatible'

const provider = { name: 'scripted', baseURL: process.env.OPENAI_BASE_URL }
const model = createOpenAICompatible(provider)('scripted')

// docs: begin
import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio'
import { generateText, isStepCount } from 'ai'

const stdio = new StdioTransport({
  command: 'node',
  args: ['dist/main.js'],
  env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
})
const http = {
  type: 'http',
  url: process.env.LITELLM_AGENTS_URL,
  headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` },
}

async function main(transport) {
  const client = await createMCPClient({ transport })
  const { text } = await generateText({
    model,
    tools: await client.tools(),
    stopWhen: isStepCount(10),
    prompt: 'Ask another model what 17*23 is.',
  })
  console.log(text)
  await client.close()
}

await main({ stdio, http }[process.argv[2]])
