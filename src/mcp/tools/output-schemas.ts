import type { Tool as McpTool } from '@modelcontextprotocol/server'

type OutputSchema = NonNullable<McpTool['outputSchema']>

/*
 * The schemas are loose, because clients apply them to failures, too, later versions may add members,
 * and models read them. The root is a plain object, because some clients flatten anything else.
 */

const text = { type: 'string' }
const object = { type: 'object' }
const list = { type: 'array', items: object }
const orNull = (type: string) => ({ type: [type, 'null'] })

const outcome = {
  status: { enum: ['completed', 'running', 'failed', 'cancelled'] },
  runId: text,
  modelId: text,
  usage: orNull('object'),
  costUsd: orNull('number'),
  error: object,
}

export const runOutputSchema: OutputSchema = {
  type: 'object',
  properties: {
    text,
    stopReason: orNull('string'),
    sessionId: text,
    output: {},
    limit: object,
    ...outcome,
  },
  required: ['status'],
}

export const extractOutputSchema: OutputSchema = {
  type: 'object',
  properties: { output: {}, attempts: { type: 'integer' }, ...outcome },
  required: ['status'],
}

/** The result of any tool that reports a run. */
export const anyRunOutputSchema: OutputSchema = {
  type: 'object',
  properties: { status: outcome.status },
  required: ['status'],
}

export const runsOutputSchema: OutputSchema = { type: 'object', properties: { runs: list } }
export const modelsOutputSchema: OutputSchema = {
  type: 'object',
  properties: { total: { type: 'integer' }, models: list },
}
export const sessionsOutputSchema: OutputSchema = {
  type: 'object',
  properties: { sessions: list, total: { type: 'integer' } },
}
export const forgottenOutputSchema: OutputSchema = {
  type: 'object',
  properties: { forgotten: { type: 'integer' } },
}
