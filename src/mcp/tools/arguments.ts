import * as z from 'zod'
import type { ContentBlock, SystemContentBlock } from '../../agent/messages/content.js'
import { audioFormats } from '../../agent/messages/media.js'
import type { JsonObject } from '../../util/json.js'
import { id } from '../id.js'

const cachePoint = z.strictObject({
  type: z.literal('default'),
  ttl: z.enum(['5m', '1h']).optional(),
})

// The base64 check of zod overflows the stack on a few megabytes.
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, { error: 'must be base64' })
const source = oneOf({ bytes: base64.optional(), url: z.url().optional() })

// The formats are many, and every list of tools would repeat them.
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

/**
 * The arguments that tools share. Some providers refuse a description next to `anyOf`, so the branch
 * for text has it.
 */
export const shared = {
  prompt: z.union([
    z.string().describe('The task. Alternatives: blocks with one key each, MCP content blocks'),
    z.array(block.transform((value) => value as ContentBlock)),
  ]),
  agent: id.optional(),
  modelId: id
    .min(1)
    .optional()
    .describe('Default: the model of the agent or server. See list_models'),
  systemPrompt: z
    .union([
      z.string().describe('A cachePoint marks what precedes it for caching'),
      z.array(systemBlock.transform((value) => value as SystemContentBlock)),
    ])
    .optional(),
  params: object
    .optional()
    .describe('Names of LiteLLM: temperature, max_tokens, stop, seed, reasoning_effort, …'),
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
    .describe('Default: maxCycles 20, maxToolCalls 100, timeoutSeconds 600'),
  schema: object,
  waitSeconds: z
    .number()
    .min(0)
    .transform((seconds) => Math.min(seconds, maxWaitSeconds))
    .optional()
    .describe('0 to 600. After that, the result is a runId for get_run'),
  idempotencyKey: id
    .min(1)
    .optional()
    .describe('A retry with the same key and arguments joins the same run'),
  runId: id.describe('From an earlier result'),
  sessionId: id.min(1).optional().describe('Any name; the same name continues the conversation'),
}

/** Returns the schema of an object with exactly one of the keys. */
function oneOf<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape)
  return z.strictObject(shape).refine((value) => Object.keys(value).length === 1, {
    error: `must have exactly one of the keys ${keys.join(', ')}`,
  })
}
