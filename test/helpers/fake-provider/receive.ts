import type { IncomingMessage } from 'node:http'
import type { JsonObject, RecordedRequest } from './types.js'

/** Reads a request to its end. */
export async function receive(req: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  const rawBody = Buffer.concat(chunks).toString('utf8')
  const method = req.method ?? 'GET'
  const path = req.url ?? '/'
  return {
    method,
    path,
    headers: Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: parseObject(rawBody),
    rawBody,
    wire: method === 'POST' ? wireOf(path) : 'other',
    receivedAt: Date.now(),
  }
}

function wireOf(path: string): RecordedRequest['wire'] {
  const [route = ''] = path.replace(/^\/v1(?=\/)/, '').split('?')
  if (/:(generateContent|streamGenerateContent)$/.test(route)) return 'google'
  if (/:(rawPredict|streamRawPredict)$/.test(route))
    return route.includes('/publishers/anthropic/') ? 'anthropic' : 'openai'
  if (/^\/model\/[^/]+\/converse(-stream)?$/.test(route)) return 'bedrock'
  if (/^\/v1beta\/openai\/chat\/completions$/.test(route)) return 'openai'
  // Azure and accounts have paths of their own before these.
  if (/\/endpoints\/openapi\/chat\/completions$/.test(route)) return 'openai'
  if (/^(\/(openai|models|client)\/.+|\/models)?\/chat\/completions$/.test(route)) return 'openai'
  if (/^(\/(openai|client)(\/.+)?)?\/responses$/.test(route)) return 'responses'
  return /^(\/anthropic\/v1)?\/messages$/.test(route) ? 'anthropic' : 'other'
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
