import { AgentError } from '../agent/errors.js'
import type { ContentBlock } from '../agent/messages/content.js'
import { urlOf } from '../agent/messages/media.js'
import { passThroughSpan } from '../agent/span.js'
import type { Tool } from '../agent/tools/tool.js'
import type { Config } from '../config/resolve.js'
import { toolReference } from '../config/tool-references.js'
import type { BuildRun, OutputSpec, RunParts, RunSpec } from '../runs/spec.js'
import type { RunningTelemetry } from '../telemetry/telemetry.js'
import type { McpTools } from './mcp-tools.js'
import type { PartsSource } from './model-factory.js'

/**
 * Builds the objects that specs name, with the current configuration. Child agents of a run use the same
 * configuration. Modules that only some runs need are loaded by the first of these.
 */
export function runBuilder(
  live: PartsSource,
  mcpTools: Pick<McpTools, 'find'>,
  telemetry?: Pick<RunningTelemetry, 'runsUnder'>,
): BuildRun {
  // Cached, because a repeated import() still costs time in the loader.
  let builtins: Promise<ReadonlyMap<string, Tool>> | undefined
  let schemas: Promise<typeof import('../schema/compile.js')> | undefined
  let profiles: Promise<typeof import('./agent-profile-tool.js')> | undefined

  /** Returns built-in tools and agents, then the tools of MCP servers. */
  async function toolsNamed(
    spec: RunSpec,
    signal: AbortSignal,
    source: PartsSource,
  ): Promise<Pick<RunParts, 'tools' | 'notices'>> {
    const { tools: names, principal, readOnly = false } = spec
    if (names.length === 0) return { tools: [] }
    const patterns = names.filter((name) => name.includes('/'))
    const plain = names.filter((name) => !name.includes('/'))
    const tools = await Promise.all(plain.map((name) => ownTool(name, spec, source)))
    if (patterns.length === 0) return { tools }
    const found = await mcpTools.find(patterns, { principal, readOnly, signal })
    return { tools: [...tools, ...found.tools], notices: found.problems }
  }

  async function ownTool(name: string, spec: RunSpec, source: PartsSource): Promise<Tool> {
    const { agents } = source.config
    const reference = toolReference(name, agents)
    const profile = reference.kind === 'agent' ? agents.get(reference.name) : undefined
    if (profile) {
      profiles ??= import('./agent-profile-tool.js')
      const { profileTool } = await profiles
      return profileTool(profile, spec, source, (child, signal) => parts(child, signal, source))
    }
    builtins ??= import('../toolsets/index.js').then(({ builtinTools }) => builtinTools)
    const available = await builtins
    return available.get(name) ?? noSuchTool(name, available)
  }

  async function compiled({
    schema,
    ...output
  }: OutputSpec): Promise<NonNullable<RunParts['output']>> {
    schemas ??= import('../schema/compile.js')
    const { name, description, force, maxAttempts } = output
    return {
      schema: await (await schemas).compileJsonSchema(schema, { name, description }),
      ...(force && { force }),
      ...(maxAttempts !== undefined && { maxAttempts }),
    }
  }

  async function fetched(prompt: readonly ContentBlock[], signal: AbortSignal, config: Config) {
    const { fetchedBlocks } = await import('../media/fetched-blocks.js')
    return fetchedBlocks(prompt, config.allow, signal)
  }

  async function parts(spec: RunSpec, signal: AbortSignal, source: PartsSource): Promise<RunParts> {
    const { prompt, output } = spec
    const model = source.models.create(spec)
    const elsewhere = typeof prompt !== 'string' && prompt.some((block) => urlOf(block))
    return {
      model,
      ...(await toolsNamed(spec, signal, source)),
      ...(output && { output: await compiled(output) }),
      ...(elsewhere && { prompt: await fetched(prompt, signal, source.config) }),
    }
  }

  return async (spec, signal) => {
    const { config, models } = live
    const made = await parts(spec, signal, { config, models })
    const { trace } = spec
    const span = telemetry ? telemetry.runsUnder(trace) : trace && passThroughSpan(trace)
    return span ? { ...made, span } : made
  }
}

function noSuchTool(name: string, available: ReadonlyMap<string, Tool>): never {
  throw new AgentError({
    code: 'configuration',
    message: `There is no tool ${JSON.stringify(name)}.`,
    hint: `Use one or more of ${[...available.keys()].join(', ')}.`,
  })
}
