import {
  Agent,
  AgentError,
  type AgentEvent,
  type AgentResult,
  calculator,
  LiteLLMModel,
  type Message,
  type Tool,
  ToolFailure,
  tool,
} from 'litellm-agents-mcp'
import type { JsonObject } from '../../src/util/json.js'

import { filled, type GoldenCase, type GoldenPrompt } from './case.js'

export interface CaseOutcome {
  text: string | null
  stopReason: string | null
  usage: JsonObject | null
  cycles: number
  toolCalls: unknown[]
  output: unknown
  errorCode: string | null
}

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The recorded tools' functions, by name. */
const behaviours: Record<string, (input: JsonObject) => unknown> = {
  current_time: () => '2026-01-02T03:04:05Z',
  failing_tool: ({ reason }) => {
    throw new Error(`tool exploded: ${reason}`)
  },
  screenshot: () => [
    { text: 'Here it is:' },
    { image: { format: 'png', source: { bytes: pixel } } },
  ],
  weather: ({ city, units }) => [
    { json: { city, units: units ?? 'C', tempé: 21.5 } },
    { text: 'sunny' },
  ],
}

function caseTool({
  name,
  description,
  inputSchema,
}: GoldenCase['agentConfig']['tools'][number]): Tool {
  const run = behaviours[name]
  if (!run && name !== 'calculator') throw new ToolFailure(`no behaviour for ${name}`)
  return run
    ? tool({
        name,
        description,
        inputSchema,
        handler: async (input) => run(input as JsonObject) as never,
      })
    : { ...calculator, spec: { name, description, inputSchema } }
}

const otherSpellings: Record<string, string> = { useLiteLLMProxy: 'use_litellm_proxy' }

function snake(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      otherSpellings[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}

const limitNames: Record<string, string> = {
  turns: 'maxCycles',
  outputTokens: 'maxOutputTokens',
  totalTokens: 'maxTotalTokens',
}

export async function runCase(recorded: GoldenCase, url: string): Promise<CaseOutcome> {
  const urls = {
    UPSTREAM_URL: url,
    PROXY_URL: url,
    API_KEY: 'sk-golden-key',
    CLOSED_URL: 'http://127.0.0.1:59999',
  }
  const config = filled(
    recorded.agentConfig as unknown as JsonObject,
    urls,
  ) as unknown as GoldenCase['agentConfig']
  const toolCalls: unknown[] = []
  const outcome: CaseOutcome = {
    text: null,
    stopReason: null,
    usage: null,
    cycles: 0,
    toolCalls,
    output: undefined,
    errorCode: null,
  }
  let agent: Agent
  try {
    agent = caseAgent(config)
  } catch (error) {
    return { ...outcome, errorCode: errorCode(error) }
  }
  for (const [index, prompt] of config.prompts.entries()) {
    // The one case that changes its model between two prompts.
    if (recorded.name === 'proxy-flag-update-config' && index === 1)
      (agent.model as LiteLLMModel).updateConfig({ modelId: 'gpt-via-proxy' })
    try {
      const result = await ask(agent, prompt, config.outputSchema)
      outcome.cycles += result?.metrics.cycles.length ?? 0
      outcome.text = result?.text ?? null
      outcome.stopReason = result?.stopReason ?? null
      outcome.output = result?.output
      outcome.errorCode = null
      outcome.usage = (result?.metrics.accumulatedUsage ?? null) as JsonObject | null
    } catch (error) {
      outcome.errorCode = errorCode(error)
      const { metrics } = error as AgentError
      outcome.text = null
      outcome.usage = (metrics?.accumulatedUsage ?? null) as JsonObject | null
      outcome.cycles += metrics?.cycles.length ?? 0
    }
  }
  toolCalls.push(...calls(agent.messages.slice(config.messages?.length ?? 0)))
  return outcome
}

function errorCode(error: unknown): string {
  if (error instanceof AgentError) return error.code
  throw error
}

function caseAgent(config: GoldenCase['agentConfig']): Agent {
  const { cacheConfig } = config
  const model = new LiteLLMModel(
    {
      modelId: config.modelId,
      clientArgs: snake(config.clientArgs),
      params: {
        ...withoutRecorderTraces(config.params),
        ...(cacheConfig?.cacheKey && { prompt_cache_key: cacheConfig.cacheKey }),
        ...(cacheConfig?.ttl && { prompt_cache_retention: cacheConfig.ttl }),
      },
      ...(config.stream !== undefined && { stream: config.stream }),
    },
    { env: config.env ?? {} },
  )
  return new Agent({
    model,
    tools: config.tools.map(caseTool),
    ...(config.systemPrompt !== null && { systemPrompt: config.systemPrompt as never }),
    ...(config.messages && { messages: config.messages as never }),
  })
}

async function ask(
  agent: Agent,
  prompt: GoldenPrompt,
  outputSchema: JsonObject | null,
): Promise<AgentResult | undefined> {
  const cancel = new AbortController()
  const limits = Object.fromEntries(
    Object.entries(prompt.limits ?? {}).map(([name, value]) => [limitNames[name] ?? name, value]),
  )
  const wanted = prompt.outputSchemaRef && outputSchema ? outputSchema : undefined
  const options = { signal: cancel.signal, ...(prompt.limits && { limits }) }
  if (prompt.cancelAfterMs) setTimeout(() => cancel.abort(), prompt.cancelAfterMs)
  const reason = prompt.cancelArgs?.message
  switch (prompt.call) {
    case 'structured_output':
      return agent.structuredOutput(wanted as JsonObject, prompt.prompt as never, options)
    case 'concurrent':
      return (
        await Promise.all((prompt.prompt as string[]).map((each) => agent.invoke(each, options)))
      ).at(-1)
    case 'call':
      return agent.invoke(prompt.prompt as never, {
        ...options,
        ...(wanted && { outputSchema: wanted }),
        ...(prompt.outputPrompt && { outputPrompt: prompt.outputPrompt }),
      })
    case 'stream': {
      let result: AgentResult | undefined
      let deltas = 0
      for await (const event of agent.stream(
        prompt.prompt as never,
        options,
      ) as AsyncIterable<AgentEvent>) {
        if (event.type === 'textDelta') deltas++
        if (event.type === 'result') result = event.result
        if (deltas === prompt.cancelAfterDataEvents) cancel.abort(reason)
        if (deltas === prompt.breakAfterDataEvents) break
      }
      return result
    }
  }
}

function calls(messages: readonly Message[]): unknown[] {
  const uses = messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [block.toolUse] : [])),
  )
  const results = messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolResult' in block ? [block.toolResult] : [])),
  )
  return uses.map(({ toolUseId, name, input }) => {
    const result = results.find((each) => each.toolUseId === toolUseId)
    return { toolUseId, name, input, status: result?.status, content: result?.content }
  })
}

/** Removes the notes that LiteLLM wrote into the caller's metadata object before the recording. */
function withoutRecorderTraces(params: JsonObject | null): JsonObject {
  if (!params || typeof params.metadata !== 'object') return params ?? {}
  return { ...params, metadata: { trace: 'abc' } }
}
