import { stringify as stringifyToml } from 'smol-toml'
import { stringify as stringifyYaml } from 'yaml'
import type { JsonObject } from '../util/json.js'
import {
  agentOf,
  claudeTools,
  copilotTools,
  geminiTools,
  openTools,
  toolNames,
} from './exported-tools.js'
import type { ImportFormat } from './imported-agent.js'

/** An agent of this server, as far as other programs know such a thing. */
export interface ExportedAgent {
  name: string
  description: string
  systemPrompt: string
  modelId?: string
  fallbacks: readonly string[]
  params: JsonObject
  tools: readonly string[]
  maxCycles?: number
  timeoutSeconds?: number
  readOnly: boolean
  approval: readonly string[]
  outputSchema?: JsonObject
}

export interface ExportedFile {
  fileName: string
  text: string
  /** The keys of the agent that the format cannot express. */
  lost: string[]
}

interface Rendered {
  fileName: string
  text: string
  /** The keys that the file has, besides name, description and prompt. */
  has: readonly (keyof ExportedAgent | `params.${string}`)[]
}

/** Returns an agent as a file of another program. */
export function exportAgent(agent: ExportedAgent, format: ImportFormat): ExportedFile {
  const { fileName, text, has } = renderers[format](agent)
  const params = Object.keys(agent.params).map((name) => `params.${name}` as const)
  const set = [
    ...(agent.modelId === undefined ? [] : ['modelId' as const]),
    ...(agent.fallbacks.length > 0 ? ['fallbacks' as const] : []),
    ...(agent.tools.length > 0 ? ['tools' as const] : []),
    ...(agent.maxCycles === undefined ? [] : ['maxCycles' as const]),
    ...(agent.timeoutSeconds === undefined ? [] : ['timeoutSeconds' as const]),
    ...(agent.readOnly ? ['readOnly' as const] : []),
    ...(agent.approval.length > 0 ? ['approval' as const] : []),
    ...(agent.outputSchema === undefined ? [] : ['outputSchema' as const]),
    ...params,
  ]
  return { fileName, text, lost: set.filter((key) => !has.includes(key)) }
}

const renderers: Readonly<Record<ImportFormat, (agent: ExportedAgent) => Rendered>> = {
  'claude-code': (agent) => ({
    ...markdown(agent, `${agent.name}.md`, {
      name: agent.name,
      description: agent.description,
      tools: toolNames(agent.tools, claudeTools),
      model: agent.modelId,
      maxTurns: agent.maxCycles,
      effort: agent.params.reasoning_effort,
      permissionMode: agent.readOnly
        ? 'plan'
        : agent.approval.length > 0
          ? undefined
          : 'acceptEdits',
    }),
    has: ['modelId', 'tools', 'maxCycles', 'readOnly', 'approval', 'params.reasoning_effort'],
  }),
  codex: (agent) => ({
    fileName: `${agent.name}.toml`,
    text: stringifyToml(
      defined({
        name: agent.name,
        description: agent.description,
        developer_instructions: agent.systemPrompt,
        model: agent.modelId,
        model_reasoning_effort: agent.params.reasoning_effort,
        sandbox_mode: agent.readOnly
          ? 'read-only'
          : agent.approval.length > 0
            ? undefined
            : 'danger-full-access',
      }),
    ),
    has: ['modelId', 'readOnly', 'approval', 'params.reasoning_effort'],
  }),
  copilot: (agent) => ({
    ...markdown(agent, `${agent.name}.agent.md`, {
      name: agent.name,
      description: agent.description,
      tools: toolNames(
        agent.tools.filter((tool) => agentOf(tool) === undefined),
        copilotTools,
      ),
      agents: listOrNone(agent.tools.flatMap((tool) => agentOf(tool) ?? [])),
      model: agent.fallbacks.length > 0 ? [agent.modelId, ...agent.fallbacks] : agent.modelId,
    }),
    has: ['modelId', 'tools', 'approval', 'fallbacks'],
  }),
  opencode: (agent) => ({
    ...markdown(agent, `${agent.name}.md`, {
      name: agent.name,
      description: agent.description,
      mode: 'subagent',
      model: agent.modelId,
      temperature: agent.params.temperature,
      top_p: agent.params.top_p,
      reasoningEffort: agent.params.reasoning_effort,
      maxSteps: agent.maxCycles,
      tools: {
        '*': false,
        ...Object.fromEntries(toolNames(agent.tools, openTools).map((tool) => [tool, true])),
      },
      permission:
        agent.approval.length > 0
          ? Object.fromEntries(toolNames(agent.approval, openTools).map((tool) => [tool, 'ask']))
          : undefined,
    }),
    has: [
      'modelId',
      'tools',
      'maxCycles',
      'approval',
      'params.temperature',
      'params.top_p',
      'params.reasoning_effort',
    ],
  }),
  'gemini-cli': (agent) => ({
    ...markdown(agent, `${agent.name}.md`, {
      name: agent.name,
      description: agent.description,
      kind: 'local',
      tools: toolNames(agent.tools, geminiTools),
      model: agent.modelId?.replace(/^gemini\//, ''),
      temperature: agent.params.temperature,
      max_turns: agent.maxCycles,
      timeout_mins: agent.timeoutSeconds === undefined ? undefined : agent.timeoutSeconds / 60,
    }),
    has: ['modelId', 'tools', 'maxCycles', 'timeoutSeconds', 'approval', 'params.temperature'],
  }),
  'docker-agent': (agent) => ({
    fileName: 'agent.yaml',
    text: dockerText(agent),
    has: [
      'modelId',
      'fallbacks',
      'tools',
      'maxCycles',
      'outputSchema',
      'params.temperature',
      'params.top_p',
      'params.max_tokens',
      'params.reasoning_effort',
    ],
  }),
  'fast-agent': (agent) => ({
    ...markdown(agent, `${agent.name}.md`, {
      name: agent.name,
      description: agent.description,
      model:
        agent.modelId === undefined || agent.params.reasoning_effort === undefined
          ? agent.modelId
          : `${agent.modelId}?reasoning=${agent.params.reasoning_effort}`,
      servers: agent.tools.flatMap((tool) => /^([^/]+)\/\*$/.exec(tool)?.[1] ?? []),
      agents: listOrNone(agent.tools.flatMap((tool) => agentOf(tool) ?? [])),
      request_params: objectOrNone({
        max_iterations: agent.maxCycles,
        temperature: agent.params.temperature,
        maxTokens: agent.params.max_tokens,
      }),
    }),
    has: [
      'modelId',
      ...(agent.tools.every((tool) => tool.endsWith('/*') || agentOf(tool) !== undefined)
        ? (['tools'] as const)
        : []),
      'maxCycles',
      'params.temperature',
      'params.max_tokens',
      'params.reasoning_effort',
    ],
  }),
  strands: (agent) => ({
    fileName: 'agent_config.json',
    text: `${JSON.stringify(
      defined({
        name: agent.name,
        description: agent.description,
        model: agent.modelId,
        prompt: agent.systemPrompt,
        tools: agent.tools,
      }),
      null,
      2,
    )}\n`,
    has: ['modelId', 'tools'],
  }),
}

function dockerText(agent: ExportedAgent): string {
  const [, provider, model] = /^([^/]+)\/(.+)$/.exec(agent.modelId ?? '') ?? []
  const settings = objectOrNone({
    temperature: agent.params.temperature,
    top_p: agent.params.top_p,
    max_tokens: agent.params.max_tokens,
    thinking_budget: agent.params.reasoning_effort,
  })
  const own = settings && provider !== undefined
  const toolsets = agent.tools.flatMap((tool) => dockerToolset(tool) ?? [])
  return stringifyYaml({
    version: '2',
    ...(own && { models: { [agent.name]: { provider, model, ...settings } } }),
    agents: {
      [agent.name]: defined({
        model: own ? agent.name : agent.modelId,
        description: agent.description,
        instruction: agent.systemPrompt,
        max_iterations: agent.maxCycles,
        sub_agents: listOrNone(agent.tools.flatMap((tool) => agentOf(tool) ?? [])),
        toolsets: listOrNone(toolsets),
        fallback: agent.fallbacks.length > 0 ? { models: agent.fallbacks } : undefined,
        structured_output: agent.outputSchema && { name: agent.name, schema: agent.outputSchema },
      }),
    },
  })
}

function dockerToolset(tool: string): object | undefined {
  if (tool === 'files/*') return { type: 'filesystem' }
  if (tool === 'web_fetch') return { type: 'fetch' }
  const [, server, name] = /^([^/]+)\/(.+)$/.exec(tool) ?? []
  if (server === undefined) return undefined
  return { type: 'mcp', ref: `docker:${server}`, ...(name !== '*' && { tools: [name] }) }
}

function markdown(
  { systemPrompt }: ExportedAgent,
  fileName: string,
  fields: Readonly<Record<string, unknown>>,
): Omit<Rendered, 'has'> {
  return { fileName, text: `---\n${stringifyYaml(defined(fields))}---\n\n${systemPrompt}\n` }
}

function listOrNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined
}

function objectOrNone(fields: Readonly<Record<string, unknown>>): object | undefined {
  const kept = defined(fields)
  return Object.keys(kept).length > 0 ? kept : undefined
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
