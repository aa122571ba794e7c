import type { Tool as McpTool } from '@modelcontextprotocol/server'

type OutputSchema = NonNullable<McpTool['outputSchema']>

/*
 * The schemas are loose, because clients apply them to failures too, later versions may add members,
 * and models read them. The root is a plain object, because some clients flatten anything else. Every
 * `type` is a single name, because some clients map schemas to dialects without lists of types.
 */

const text = { type: 'string' }
const object = { type: 'object' }
const list = { type: 'array', items: object }
const anyOf = (...types: string[]) => ({ anyOf: types.map((type) => ({ type })) })
const anyValue = anyOf('object', 'array', 'string', 'number', 'boolean', 'null')

const outcome = {
  status: { type: 'string', enum: ['completed', 'running', 'failed', 'cancelled'] },
  runId: text,
  modelId: text,
  usage: anyOf('object', 'null'),
  costUsd: anyOf('number', 'null'),
  error: object,
}

export const runOutputSchema: OutputSchema = {
  type: 'object',
  properties: {
    text,
    stopReason: anyOf('string', 'null'),
    sessionId: text,
    output: anyValue,
    limit: object,
    ...outcome,
  },
  required: ['status'],
}

export const extractOutputSchema: OutputSchema = {
  type: 'object',
  properties: { output: anyValue, attempts: { type: 'integer' }, ...outcome },
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
