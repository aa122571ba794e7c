import type { Tool as McpTool } from '@modelcontextprotocol/server'

type OutputSchema = NonNullable<McpTool['outputSchema']>

/*
 * Loose on purpose: clients hold failures to them too, and later versions may say more. The root is
 * a plain object, for some clients flatten anything else.
 */

const text = { type: 'string' }
const orNull = (type: string) => ({ type: [type, 'null'] })

const outcome = {
  status: { enum: ['completed', 'running', 'failed', 'cancelled'] },
  runId: text,
  modelId: text,
  usage: orNull('object'),
  costUsd: orNull('number'),
  error: {
    type: 'object',
    properties: { code: text, message: text, retryable: { type: 'boolean' }, hint: text },
  },
}

export const runOutputSchema: OutputSchema = {
  type: 'object',
  properties: {
    text,
    stopReason: orNull('string'),
    sessionId: text,
    output: {},
    limit: { type: 'object' },
    ...outcome,
  },
  required: ['status'],
}

export const extractOutputSchema: OutputSchema = {
  type: 'object',
  properties: { output: {}, attempts: { type: 'integer' }, ...outcome },
  required: ['status'],
}

export const modelsOutputSchema: OutputSchema = {
  type: 'object',
  properties: {
    models: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          modelId: text,
          provider: text,
          contextTokens: orNull('integer'),
          maxOutputTokens: orNull('integer'),
          inputCostPerToken: orNull('number'),
          outputCostPerToken: orNull('number'),
          supports: { type: 'object' },
          minCacheTokens: orNull('integer'),
        },
      },
    },
    error: outcome.error,
  },
}

export const sessionsOutputSchema: OutputSchema = {
  type: 'object',
  properties: {
    sessions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sessionId: text,
          agent: text,
          messages: { type: 'integer' },
          createdAt: text,
          updatedAt: text,
          usage: orNull('object'),
          costUsd: orNull('number'),
        },
      },
    },
    total: { type: 'integer' },
    error: outcome.error,
  },
}

export const forgottenOutputSchema: OutputSchema = {
  type: 'object',
  properties: { sessionId: text, forgotten: { type: 'integer' }, error: outcome.error },
}
