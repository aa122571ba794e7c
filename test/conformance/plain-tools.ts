import { setTimeout as sleep } from 'node:timers/promises'
import type { CallToolResult, ServerContext, Tool } from '@modelcontextprotocol/server'
import type { ListChanges } from '../../src/mcp/catalog.js'
import { png, text, wav } from './content.js'

type Schema = Tool['inputSchema']

/** A tool of the suite: what is listed of it, and what a call does. */
export interface FixtureTool<Answer = CallToolResult> {
  inputSchema?: Schema
  call(args: Record<string, unknown>, context: ServerContext): Answer | Promise<Answer>
}

const property = (name: string): Schema => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
})

/** Asks the client in the middle of a call, as servers of 2025 did. */
function asks(
  method: 'elicitation/create' | 'sampling/createMessage',
  params: (args: Record<string, unknown>) => object,
) {
  return async (args: Record<string, unknown>, { mcpReq }: ServerContext) => {
    const answer = await mcpReq.send({ method, params: { ...params(args) } }, { timeout: 1_000 })
    return text(JSON.stringify(answer))
  }
}

function elicits(properties: object, required: string[] = []) {
  return asks('elicitation/create', ({ message }) => ({
    message: message ?? 'Please look at the form',
    requestedSchema: { type: 'object', properties, required },
  }))
}

async function logs(words: string[], { mcpReq }: ServerContext): Promise<CallToolResult> {
  for (const data of words) {
    await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } })
    await sleep(50)
  }
  return text('Logged.')
}

async function progresses({ mcpReq }: ServerContext): Promise<CallToolResult> {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken !== undefined)
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100, message: `Step ${progress} of 100` }
      await mcpReq.notify({ method: 'notifications/progress', params })
      await sleep(50)
    }
  return text(String(progressToken ?? 'no-progress-token'))
}

const options = ['option1', 'option2', 'option3']
const titled = options.map((name) => ({ const: name, title: `The ${name}` }))

/** Tools that answer at once; `announce` tells listening clients of changed lists. */
export function plainTools(announce: (changes: ListChanges) => void): Record<string, FixtureTool> {
  return {
    greet: { inputSchema: property('name'), call: ({ name }) => text(`Hello, ${name}!`) },
    test_simple_text: { call: () => text('This is a simple text response for testing.') },
    test_image_content: {
      call: () => ({ content: [{ type: 'image', data: png, mimeType: 'image/png' }] }),
    },
    test_audio_content: {
      call: () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }),
    },
    test_embedded_resource: {
      call: () => ({ content: [embedded('test://embedded-resource', 'text/plain', 'Embedded.')] }),
    },
    test_multiple_content_types: {
      call: () => ({
        content: [
          { type: 'text', text: 'Multiple content types test:' },
          { type: 'image', data: png, mimeType: 'image/png' },
          embedded(
            'test://mixed-content-resource',
            'application/json',
            '{"test":"data","value":123}',
          ),
        ],
      }),
    },
    test_error_handling: {
      call: () => ({
        ...text('This tool intentionally returns an error for testing'),
        isError: true,
      }),
    },
    test_tool_with_logging: {
      call: (_, context) => logs(['started', 'processing', 'completed'], context),
    },
    test_logging_tool: {
      call: async (_, { mcpReq }) => {
        await mcpReq.log('info', 'Only for those who asked for logs')
        return text('Logged.')
      },
    },
    test_tool_with_progress: { call: (_, context) => progresses(context) },
    test_streaming_elicitation: { call: () => text('A result, and no request before it') },
    test_trigger_tool_change: { call: () => told({ tools: true, prompts: false }) },
    test_trigger_prompt_change: { call: () => told({ tools: false, prompts: true }) },
    test_sampling: {
      inputSchema: property('prompt'),
      call: asks('sampling/createMessage', ({ prompt }) => ({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      })),
    },
    test_elicitation: {
      inputSchema: property('message'),
      call: elicits({ response: { type: 'string' } }, ['response']),
    },
    test_elicitation_sep1034_defaults: {
      call: elicits({
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      }),
    },
    test_elicitation_sep1330_enums: {
      call: elicits({
        untitledSingle: { type: 'string', enum: options },
        titledSingle: { type: 'string', oneOf: titled },
        legacyEnum: { type: 'string', enum: options, enumNames: ['One', 'Two', 'Three'] },
        untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
        titledMulti: { type: 'array', items: { anyOf: titled } },
      }),
    },
    json_schema_2020_12_tool: {
      inputSchema: wholeVocabulary,
      call: (args) => text(`Called with ${JSON.stringify(args)}`),
    },
  }

  function told(changes: ListChanges): CallToolResult {
    announce(changes)
    return text('Told.')
  }
}

function embedded(uri: string, mimeType: string, words: string) {
  return { type: 'resource' as const, resource: { uri, mimeType, text: words } }
}

const wholeVocabulary: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}
