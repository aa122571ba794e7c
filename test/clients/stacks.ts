import type { ModelWire } from './calling-model.js'

export interface Stack {
  title: string
  /** The package that connects the stack to MCP. Its version is the one in the environment's lock. */
  package: string
  /** Packages that the snippet needs too. */
  with?: readonly string[]
  /** A folder of test/clients/stacks: the lock and the drivers that run in it. */
  environment: 'node' | 'node-slow' | 'python-mcp1' | 'python-mcp2'
  driver: string
  /** The wire on which the stack calls its own model; undefined for a plain client, which has no model. */
  wire?: ModelWire
  /** The one transport that works, if the other one fails in the stack itself. The note says why. */
  only?: 'stdio' | 'http'
  /** `npm test` and CI run it; if not set, only `npm run trust` does. */
  inCi?: true
  /** A paragraph for docs/frameworks.md. */
  note?: string
}

/** The stacks that call our tools, in the order of docs/frameworks.md. To add one, write a driver and a row. */
export const stacks: readonly Stack[] = [
  {
    title: 'OpenAI Agents SDK (Python)',
    package: 'openai-agents',
    environment: 'python-mcp2',
    driver: 'openai_agents.py',
    wire: 'openai',
    inCi: true,
    note: 'The SDK gives up after 5 seconds unless `client_session_timeout_seconds` is set.',
  },
  {
    title: 'OpenAI Agents SDK (JavaScript)',
    package: '@openai/agents',
    environment: 'node',
    driver: 'openai-agents.mjs',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'LangChain (Python)',
    package: 'langchain-mcp-adapters',
    with: ['langchain'],
    environment: 'python-mcp1',
    driver: 'langchain_agent.py',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'LangChain (JavaScript)',
    package: '@langchain/mcp-adapters',
    with: ['langchain'],
    environment: 'node',
    driver: 'langchain.mjs',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'Vercel AI SDK',
    package: '@ai-sdk/mcp',
    with: ['ai'],
    environment: 'node',
    driver: 'ai-sdk.mjs',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'Strands Agents (Python)',
    package: 'strands-agents',
    environment: 'python-mcp1',
    driver: 'strands_agent.py',
    wire: 'openai',
    inCi: true,
    note: 'With mcp 2.x, `streamablehttp_client` is named `streamable_http_client` and takes an `http_client` instead of `headers`, as in [the `mcp` package 2.x](#the-mcp-package-2x).',
  },
  {
    title: 'Strands Agents (TypeScript)',
    package: '@strands-agents/sdk',
    with: ['@modelcontextprotocol/sdk'],
    environment: 'node',
    driver: 'strands.mjs',
    wire: 'openai',
    inCi: true,
    note: 'To use the models of this package in TypeScript without MCP, see [library.md](library.md).',
  },
  {
    title: 'Pydantic AI',
    package: 'pydantic-ai-slim',
    with: ['fastmcp'],
    environment: 'python-mcp2',
    driver: 'pydantic_ai_agent.py',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'Google ADK (Python)',
    package: 'google-adk',
    with: ['mcp'],
    environment: 'python-mcp2',
    driver: 'google_adk.py',
    wire: 'google',
  },
  {
    title: 'Google ADK (JavaScript)',
    package: '@google/adk',
    with: ['@modelcontextprotocol/sdk'],
    environment: 'node-slow',
    driver: 'google-adk.mjs',
    wire: 'google',
  },
  {
    title: 'google-genai',
    package: 'google-genai',
    with: ['mcp'],
    environment: 'python-mcp2',
    driver: 'google_genai.py',
    wire: 'google',
    inCi: true,
    note: 'Pass `config` as a dictionary: the package cannot copy a session inside of a `GenerateContentConfig`. With mcp 1.x, connect as in [the `mcp` package 1.x](#the-mcp-package-1x).',
  },
  {
    title: 'CrewAI',
    package: 'crewai',
    environment: 'python-mcp1',
    driver: 'crewai_agent.py',
    wire: 'openai',
    only: 'stdio',
    note: 'Over HTTP, use the adapter of crewai-tools (below): `MCPServerHTTP` of crewai 1.15.30 loses each result because it fails to disconnect (`no running event loop`).',
  },
  {
    title: 'CrewAI, with the adapter of crewai-tools',
    package: 'crewai-tools',
    with: ['crewai', 'mcp<2'],
    environment: 'python-mcp1',
    driver: 'crewai_tools_agent.py',
    wire: 'openai',
  },
  {
    title: 'Mastra',
    package: '@mastra/mcp',
    with: ['@mastra/core'],
    environment: 'node-slow',
    driver: 'mastra.mjs',
    wire: 'openai',
    note: 'Use Mastra 1.x with `@mastra/mcp` 2.x, which need Node 22. The older releases that npm installs on Node 20 remove the properties of `schema`.',
  },
  {
    title: 'LlamaIndex',
    package: 'llama-index-tools-mcp',
    environment: 'python-mcp2',
    driver: 'llama_index_agent.py',
    wire: 'anthropic',
  },
  {
    title: 'Agno',
    package: 'agno',
    with: ['mcp'],
    environment: 'python-mcp2',
    driver: 'agno_agent.py',
    wire: 'openai',
  },
  {
    title: 'smolagents',
    package: 'smolagents',
    with: ['mcp<2', 'mcpadapt'],
    environment: 'python-mcp1',
    driver: 'smolagents_agent.py',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'mcp-use',
    package: 'mcp-use',
    with: ['mcp<2'],
    environment: 'python-mcp1',
    driver: 'mcp_use_agent.py',
    wire: 'openai',
    inCi: true,
  },
  {
    title: 'Microsoft Agent Framework',
    package: 'agent-framework-openai',
    with: ['mcp'],
    environment: 'python-mcp2',
    driver: 'agent_framework_agent.py',
    wire: 'openai',
    inCi: true,
    note: 'The framework drops an argument that is named `tools` unless `additional_tool_argument_names` lists it. It gives the text of errors to its model if the client has `function_invocation_configuration={"include_detailed_errors": True}`.',
  },
  {
    title: 'Semantic Kernel',
    package: 'semantic-kernel',
    with: ['mcp<2'],
    environment: 'python-mcp1',
    driver: 'semantic_kernel_agent.py',
    wire: 'openai',
  },
  {
    title: 'AutoGen',
    package: 'autogen-ext',
    with: ['autogen-agentchat', 'mcp<2'],
    environment: 'python-mcp1',
    driver: 'autogen_agent.py',
    wire: 'openai',
  },
  {
    title: 'FastMCP',
    package: 'fastmcp',
    environment: 'python-mcp2',
    driver: 'fastmcp_client.py',
    inCi: true,
  },
  {
    title: 'The `mcp` package 2.x',
    package: 'mcp',
    environment: 'python-mcp2',
    driver: 'mcp_client.py',
    inCi: true,
  },
  {
    title: 'The `mcp` package 1.x',
    package: 'mcp',
    environment: 'python-mcp1',
    driver: 'mcp_client.py',
    inCi: true,
  },
  {
    title: "MCP's TypeScript SDK 2.x",
    package: '@modelcontextprotocol/client',
    environment: 'node',
    driver: 'mcp-client.mjs',
    inCi: true,
    note: 'The client gives up after 60 seconds. With `resetTimeoutOnProgress` and `onprogress`, each progress notification of the server restarts that time.',
  },
  {
    title: "MCP's TypeScript SDK 1.x",
    package: '@modelcontextprotocol/sdk',
    environment: 'node',
    driver: 'mcp-sdk1.mjs',
    inCi: true,
  },
]
