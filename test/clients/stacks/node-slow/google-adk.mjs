// docs: begin
import { InMemoryRunner, LlmAgent, MCPToolset } from '@google/adk'

const stdio = {
  type: 'StdioConnectionParams',
  serverParams: {
    command: 'node',
    args: ['dist/main.js'],
    env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
  },
}
const http = {
  type: 'StreamableHTTPConnectionParams',
  url: process.env.LITELLM_AGENTS_URL,
  transportOptions: {
    requestInit: { headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` } },
  },
}

async function main(connection) {
  const tools = new MCPToolset(connection)
  const agent = new LlmAgent({ name: 'assistant', model: 'gemini-2.5-flash', tools: [tools] })
  const runner = new InMemoryRunner({ agent, appName: 'app' })
  const { id } = await runner.sessionService.createSession({ appName: 'app', userId: 'user' })
  const newMessage = { role: 'user', parts: [{ text: 'Ask another model what 17*23 is.' }] }
  for await (const event of runner.runAsync({ userId: 'user', sessionId: id, newMessage }))
    if (event.content?.parts?.[0]?.text) console.log(event.content.parts[0].text)
  await tools.close()
}

await main({ stdio, http }[process.argv[2]])
