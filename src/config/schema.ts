import * as z from 'zod'
import type { limitNames } from '../agent/limits.js'
import { importFormats } from '../import/imported-agent.js'
import { httpSchema } from './http.js'
import { modelsSchema } from './models.js'
import { runsSchema } from './runs.js'
import { strict } from './strict.js'
import { telemetrySchema } from './telemetry.js'

const text = z.string().min(1)
const texts = z.array(text)
const values = z.record(z.string(), z.unknown())
const positive = z.number().positive()
const wholePositive = z.int().positive()

const limits = strict({
  maxCycles: wholePositive.exactOptional(),
  maxToolCalls: wholePositive.exactOptional(),
  maxOutputTokens: wholePositive.exactOptional(),
  maxTotalTokens: wholePositive.exactOptional(),
  maxCostUsd: positive.exactOptional(),
  timeoutSeconds: positive.exactOptional(),
} satisfies Record<(typeof limitNames)[number], z.ZodType>)

const cachePoint = strict({
  type: z.literal('default'),
  ttl: z.enum(['5m', '1h']).exactOptional(),
})

const systemBlock = strict({
  text: z.string().exactOptional().describe('Used as it is: variables are not expanded.'),
  textFile: text
    .exactOptional()
    .describe('A file with the text, relative to the folder of this file.'),
  cachePoint: cachePoint.exactOptional().describe('Marks everything before it for prompt caching.'),
})
  .refine((block) => Object.keys(block).length === 1, {
    error: 'must have exactly one of the keys text, textFile, cachePoint',
  })
  .meta({ minProperties: 1, maxProperties: 1 })

/** Limits `agent_<name>` to 64 characters, the limit of MCP and of providers. */
const agentName = z.string().regex(/^[a-zA-Z0-9_-]{1,58}$/, {
  error: 'an agent\'s name must have 1 to 58 letters, digits, "_" and "-"',
})

const conversation = z.discriminatedUnion('type', [
  strict({ type: z.literal('sliding'), windowSize: wholePositive.exactOptional() }),
  strict({
    type: z.literal('summarizing'),
    summaryRatio: z.number().min(0.1).max(0.8).exactOptional(),
    preserveRecentMessages: wholePositive.exactOptional(),
  }),
  strict({ type: z.literal('none') }),
])

/** An entry of `agents`. */
export const agentSchema = strict({
  description: text.exactOptional().describe('When to use the agent. Models choose by it.'),
  modelId: text.exactOptional(),
  systemPrompt: z.union([z.string(), z.array(systemBlock)]).exactOptional(),
  overridable: z.boolean().exactOptional().describe('Whether callers may replace systemPrompt.'),
  params: values.exactOptional().describe("LiteLLM's parameters; they override the defaults."),
  tools: texts.exactOptional().describe('Built-in tools, server/tool, server/*, other agents.'),
  limits: limits.exactOptional().describe('Callers can only lower them.'),
  exposeAs: z.literal('tool').exactOptional().describe('Also offer it as a tool, agent_<name>.'),
  approval: texts.exactOptional().describe('Globs of the tools whose calls a user must approve.'),
  readOnly: z.boolean().exactOptional().describe('Only tools with readOnlyHint.'),
  conversation: conversation
    .exactOptional()
    .describe('How conversations are shortened. Default: only if they overflow.'),
  cache: z.literal('auto').exactOptional(),
  cacheAdvice: z.boolean().exactOptional(),
  fallbacks: texts.exactOptional(),
  outputSchema: values.exactOptional().describe('JSON Schema of the object that runs return.'),
})

/** An entry of `mcpServers`. */
export const mcpServerSchema = strict({
  type: z.enum(['stdio', 'http', 'streamable-http', 'sse']).exactOptional(),
  command: text.exactOptional(),
  args: z.array(z.string()).exactOptional(),
  env: z.record(z.string(), z.string()).exactOptional(),
  cwd: text.exactOptional(),
  url: z.url({ protocol: /^https?$/ }).exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  tools: texts.exactOptional().describe('The tools that agents may use, by name or glob.'),
  readOnly: z.boolean().exactOptional().describe('Only tools with readOnlyHint.'),
  maxTools: wholePositive.exactOptional().describe('So many of its tools go to a model.'),
  timeoutSeconds: positive.exactOptional(),
})

/** The configuration file, after variables have been expanded. */
export const fileSchema = strict({
  defaults: strict({
    modelId: text.exactOptional(),
    params: values.exactOptional(),
    limits: limits.exactOptional(),
    fallbacks: texts.exactOptional(),
    cache: z.literal('auto').exactOptional(),
    cacheAdvice: z.boolean().exactOptional(),
    maxToolResultChars: wholePositive.exactOptional(),
  }).exactOptional(),
  clientArgs: z.record(z.string(), values).exactOptional(),
  models: modelsSchema
    .exactOptional()
    .describe("Prices, limits and abilities of models, by model id, as in LiteLLM's model_info."),
  allow: strict({
    modelIds: texts.exactOptional(),
    params: texts.exactOptional(),
    tools: texts.exactOptional(),
    urlHosts: texts.exactOptional(),
    maxUrlBytes: wholePositive.exactOptional(),
    maxCostUsdPerRun: positive.exactOptional(),
    limits: limits.exactOptional().describe('Limits on every run, which callers can only lower.'),
  }).exactOptional(),
  http: httpSchema.exactOptional(),
  sessions: strict({
    store: z.enum(['memory', 'file', 'postgres']).exactOptional(),
    dir: text
      .exactOptional()
      .describe('A folder, relative to the folder of this file; implies store: file.'),
    maxSessions: wholePositive
      .exactOptional()
      .describe('The least recently used sessions are deleted first.'),
    ttlSeconds: positive.exactOptional().describe('How long a session is kept after its last use.'),
    limits: strict({
      maxCostUsd: positive.exactOptional(),
      maxTotalTokens: wholePositive.exactOptional(),
    })
      .exactOptional()
      .describe('For all runs of a session together.'),
  }).exactOptional(),
  runs: runsSchema.exactOptional(),
  telemetry: telemetrySchema.exactOptional(),
  agents: z.record(agentName, agentSchema).exactOptional(),
  import: z
    .array(
      strict({
        path: text.describe('A folder of agents, or one file; `~` is the home folder.'),
        format: z
          .enum(importFormats)
          .exactOptional()
          .describe('The program whose agents they are. Default: decided by each file.'),
        models: z
          .record(z.string(), text)
          .exactOptional()
          .describe('Model ids by the names that the files use, such as sonnet or inherit.'),
        tools: z
          .record(z.string(), text)
          .exactOptional()
          .describe('Tools of this server by the names that the files use.'),
        mcpServers: z
          .boolean()
          .exactOptional()
          .describe('Whether to start the MCP servers that the files define.'),
      }),
    )
    .exactOptional()
    .describe('Agents of other programs.'),
  mcpServers: z
    .record(
      text.regex(/^[^/*]*$/, { error: 'the name of a server must not contain "/" or "*"' }),
      mcpServerSchema,
    )
    .exactOptional(),
})

export type FileContent = z.output<typeof fileSchema>
