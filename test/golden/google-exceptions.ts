import type { JsonObject } from '../../src/util/json.js'
import type { Exception } from './exceptions.js'

type Sent = JsonObject & {
  messages: { content: JsonObject[] }[]
  tools: { input_schema: JsonObject }[]
}

/** Like test/golden/exceptions.ts: where we do not do what Strands and LiteLLM did, and why. */
export const googleExceptions: Record<string, Exception> = {
  'vertex-claude-forced-output-tool': {
    reason: 'The title and the description of a schema tell the model what the object is.',
    body: (body) => {
      const sent = structuredClone(body) as Sent
      const described = { title: 'City', description: 'A city and how warm it is there.' }
      for (const one of sent.tools) one.input_schema = { ...described, ...one.input_schema }
      return sent
    },
  },
  'vertex-claude-tool-schema': {
    reason: 'A list says what it holds on every wire; LiteLLM sends it as it is.',
    body: (body) => {
      const sent = structuredClone(body) as JsonObject & {
        tools: { input_schema: { properties: { tags: JsonObject } } }[]
      }
      for (const { input_schema } of sent.tools) input_schema.properties.tags.items = {}
      return sent
    },
  },
  'vertex-claude-thinking-tool-loop': {
    reason: 'The thought goes back as it came, and without a text (the weakness of the case).',
    body: (body, index) => {
      const sent = structuredClone(body) as Sent
      const content = sent.messages[1]?.content
      if (index === 0 || !content) return body
      content.splice(1, 1)
      Object.assign(content[0] as JsonObject, { thinking: 'I need the calculator.' })
      return sent
    },
  },
}
