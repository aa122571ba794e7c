import * as z from 'zod'
import { nearest } from '../agent/known-keys.js'
import type { limitNames } from '../agent/limits.js'

const text = z.string().min(1)
const values = z.record(z.string(), z.unknown())
const positive = z.number().positive()
const wholePositive = z.int().positive()

const limits = strict({
  maxCycles: wholePositive.optional(),
  maxToolCalls: wholePositive.optional(),
  maxOutputTokens: wholePositive.optional(),
  maxTotalTokens: wholePositive.optional(),
  maxCostUsd: positive.optional(),
  timeoutSeconds: positive.optional(),
} satisfies Record<(typeof limitNames)[number], z.ZodType>)

/** The configuration file (DESIGN §6), after `${VAR}` has been expanded. */
export const fileSchema = strict(
  {
    defaults: strict({
      modelId: text.optional(),
      params: values.optional(),
      limits: limits.optional(),
      fallbacks: z.array(text).optional(),
      cache: z.literal('auto').optional(),
      cacheAdvice: z.boolean().optional(),
    }).optional(),
    clientArgs: z.record(z.string(), values).optional(),
    allow: strict({
      modelIds: z.array(text).optional(),
      params: z.array(text).optional(),
      tools: z.array(text).optional(),
      urlHosts: z.array(text).optional(),
      maxCostUsdPerRun: positive.optional(),
    }).optional(),
    http: strict({
      host: text.optional(),
      port: z.int().min(0).max(65535).optional(),
      maxBodyBytes: wholePositive.optional(),
      allowedHosts: z.array(text).optional(),
      allowedOrigins: z.array(text).optional(),
    }).optional(),
  },
  ['agents', 'mcpServers'],
)

/** An object whose unknown keys are errors that say what was probably meant. */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape, later: readonly string[] = []) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      return issue.keys.map((key) => unknownKey(key, Object.keys(shape), later)).join('; ')
    },
  })
}

function unknownKey(key: string, known: readonly string[], later: readonly string[]): string {
  if (later.includes(key)) return `"${key}" is not supported in this version`
  const near = nearest(key, known)
  return `"${key}" is unknown${near ? `; did you mean "${near}"?` : `; known are ${known.join(', ')}`}`
}
