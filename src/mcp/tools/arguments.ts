import * as z from 'zod'
import type { ContentBlock, SystemContentBlock } from '../../agent/messages/content.js'
import { audioFormats } from '../../agent/messages/media.js'
import type { JsonObject } from '../../util/json.js'
import { id } from '../id.js'

const cachePoint = z.strictObject({
  type: z.literal('default'),
  ttl: z.enum(['5m', '1h']).optional(),
})

// zod's own check of base64 overflows the stack on a few megabytes.
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, { error: 'must be base64' })
const source = oneOf({ bytes: base64.optional(), url: z.url().optional() })

// There are many, and a list of them would be read with every list of tools.
const audioFormat = z
  .string()
  .refine((name) => audioFormats.some((format) => format === name), {
    error: `must be one of ${audioFormats.join(', ')}`,
  })
  .describe('wav, mp3, …')

const block = oneOf({
  text: z.string().optional(),
  image: z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source }).optional(),
  document: z
    .strictObject({
      format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']),
      name: z.string(),
      source,
    })
    .optional(),
  audio: z.strictObject({ format: audioFormat, source }).optional(),
  cachePoint: cachePoint.optional(),
})

const systemBlock = oneOf({ text: z.string().optional(), cachePoint: cachePoint.optional() })
/** A caller that asks for more gets this much. */
const maxWaitSeconds = 600

const object = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject)
const count = z.int().positive().exactOptional()

/** The arguments that tools share; each is described once, in as few words as do. */
export const shared = {
  prompt: z
    .union([z.string(), z.array(block.transform((value) => value as ContentBlock))])
    .describe(
      'The task: text, or blocks with one key each (bytes are base64), or MCP content blocks',
    ),
  agent: z.string().optional(),
  modelId: id.min(1).optional().describe('Overrides the default model, see list_models'),
  systemPrompt: z
    .union([z.string(), z.array(systemBlock.transform((value) => value as SystemContentBlock))])
    .optional()
    .describe('A cachePoint marks all before it for prompt caching'),
  params: object
    .optional()
    .describe("LiteLLM's names: temperature, max_tokens, stop, seed, reasoning_effort, …"),
  limits: z
    .strictObject({
      maxCycles: count,
      maxToolCalls: count,
      maxOutputTokens: count,
      maxTotalTokens: count,
      maxCostUsd: z.number().positive().exactOptional(),
      timeoutSeconds: z.number().positive().exactOptional(),
    })
    .optional()
    .describe('Default: 20 cycles, 100 tool calls, 600 s'),
  schema: object,
  waitSeconds: z
    .number()
    .min(0)
    .transform((seconds) => Math.min(seconds, maxWaitSeconds))
    .optional()
    .describe('0 to 600: how long to wait before the result is a runId for get_run'),
  idempotencyKey: id
    .min(1)
    .max(256)
    .optional()
    .describe('A retry with the same key and arguments joins the same run'),
  runId: id.describe('From the result of an earlier call'),
  sessionId: id
    .min(1)
    .max(256)
    .optional()
    .describe('Any name; the same name continues the conversation'),
}

/** An object that holds exactly one of its keys. */
function oneOf<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape)
  return z.strictObject(shape).refine((value) => Object.keys(value).length === 1, {
    error: `must have exactly one of the keys ${keys.join(', ')}`,
  })
}
