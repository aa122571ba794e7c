import type { ContentBlock } from './agent/content.js'
import { AgentError } from './agent/errors.js'
import { urlOf } from './agent/media.js'
import type { Model } from './agent/model.js'
import type { Tool } from './agent/tool.js'
import type { Config } from './config/resolve.js'
import type { McpTools } from './mcp-tools.js'
import type { Materialise, OutputSpec, RunParts, RunSpec } from './runs/spec.js'

/** What a spec says of its model. */
export type ModelSpec = Pick<RunSpec, 'modelId' | 'params' | 'fallbacks' | 'cache'>

/** The configuration of the moment, and its models. */
export interface RunSource {
  readonly config: Config
  readonly models: { create(spec: ModelSpec): Model }
}

/** Makes the objects that specs name. What only some runs need is loaded by the first of them. */
export function runParts(source: RunSource, mcpTools: Pick<McpTools, 'find'>): Materialise {
  // An import that is done still costs a walk through the loader.
  let builtins: Promise<ReadonlyMap<string, Tool>> | undefined
  let schemas: Promise<typeof import('./schema.js')> | undefined

  /** Built-in tools, then those of MCP servers. */
  async function toolsNamed(
    { tools: names, principal, readOnly = false }: RunSpec,
    signal: AbortSignal,
  ): Promise<Pick<RunParts, 'tools' | 'notices'>> {
    if (names.length === 0) return { tools: [] }
    builtins ??= import('./toolsets/index.js').then(({ builtinTools }) => builtinTools)
    const available = await builtins
    const patterns = names.filter((name) => name.includes('/'))
    const plain = names.filter((name) => !name.includes('/'))
    const tools = plain.map((name) => available.get(name) ?? noSuchTool(name, available))
    if (patterns.length === 0) return { tools }
    const found = await mcpTools.find(patterns, { principal, readOnly, signal })
    return { tools: [...tools, ...found.tools], notices: found.problems }
  }

  async function compiled({
    schema,
    ...output
  }: OutputSpec): Promise<NonNullable<RunParts['output']>> {
    schemas ??= import('./schema.js')
    const { name, description, force, maxAttempts } = output
    return {
      schema: await (await schemas).compileJsonSchema(schema, { name, description }),
      ...(force && { force }),
      ...(maxAttempts !== undefined && { maxAttempts }),
    }
  }

  async function fetched(prompt: readonly ContentBlock[], signal: AbortSignal) {
    const { fetchedBlocks } = await import('./media/fetched-blocks.js')
    return fetchedBlocks(prompt, source.config.allow, signal)
  }

  return async (spec, signal) => {
    const { prompt, output } = spec
    const model = source.models.create(spec)
    const elsewhere = typeof prompt !== 'string' && prompt.some((block) => urlOf(block))
    return {
      model,
      ...(await toolsNamed(spec, signal)),
      ...(output && { output: await compiled(output) }),
      ...(elsewhere && { prompt: await fetched(prompt, signal) }),
    }
  }
}

function noSuchTool(name: string, available: ReadonlyMap<string, Tool>): never {
  throw new AgentError({
    code: 'configuration',
    message: `There is no tool ${JSON.stringify(name)}.`,
    hint: `Name some of ${[...available.keys()].join(', ')}.`,
  })
}
