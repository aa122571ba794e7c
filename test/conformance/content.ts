import type {
  CallToolResult,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  ResourceTemplateType,
  ServerContext,
} from '@modelcontextprotocol/server'
import { acceptedContent, inputRequired } from '@modelcontextprotocol/server'

/** A red pixel. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** A sound without a sample. */
export const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

export function text(words: string): CallToolResult {
  return { content: [{ type: 'text', text: words }] }
}

/** What the suite reads: each by its address. */
const contents: Record<
  string,
  { mimeType: string; text: string } | { mimeType: string; blob: string }
> = {
  'test://static-text': { mimeType: 'text/plain', text: 'A static text.' },
  'test://static-binary': { mimeType: 'image/png', blob: png },
  'test://watched-resource': { mimeType: 'text/plain', text: 'A text that may change.' },
}

export const fixtureResources = Object.entries(contents).map(([uri, { mimeType }]) => ({
  uri,
  name: uri.slice('test://'.length),
  mimeType,
}))

export const fixtureTemplates: ResourceTemplateType[] = [
  { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
]

/** `undefined`: it is none of the fixtures. */
export function readFixture(uri: string): ReadResourceResult | undefined {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  if (id) {
    const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
    return { contents: [{ uri, mimeType: 'application/json', text: data }] }
  }
  const content = Object.hasOwn(contents, uri) ? contents[uri] : undefined
  return content && { contents: [{ uri, ...content }] }
}

type Messages = GetPromptResult['messages']

interface FixturePrompt {
  names?: string[]
  messages(args: Record<string, string>, context: ServerContext): Messages | InputRequiredResult
}

const said = (words: string): Messages[number] => ({
  role: 'user',
  content: { type: 'text', text: words },
})

const prompts: Record<string, FixturePrompt> = {
  test_simple_prompt: { messages: () => [said('This is a simple prompt for testing.')] },
  test_prompt_with_arguments: {
    names: ['arg1', 'arg2'],
    messages: ({ arg1, arg2 }) => [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  },
  test_prompt_with_embedded_resource: {
    names: ['resourceUri'],
    messages: ({ resourceUri = '' }) => {
      const resource = { uri: resourceUri, mimeType: 'text/plain', text: 'An embedded text.' }
      return [
        { role: 'user', content: { type: 'resource', resource } },
        said('Please process the embedded resource above.'),
      ]
    },
  },
  test_prompt_with_image: {
    messages: () => [
      { role: 'user', content: { type: 'image', data: png, mimeType: 'image/png' } },
      said('Please analyze the image above.'),
    ],
  },
  test_input_required_result_prompt: {
    messages: (_, { mcpReq }) => {
      const given = acceptedContent<{ context: string }>(mcpReq.inputResponses, 'user_context')
      if (given) return [said(`Use the following context: ${given.context}`)]
      return inputRequired({
        inputRequests: { user_context: form('What context should the prompt use?', 'context') },
      })
    },
  },
}

/** A form with one field, for a text. */
export function form(message: string, field: string) {
  return inputRequired.elicit({
    message,
    requestedSchema: {
      type: 'object',
      properties: { [field]: { type: 'string' } },
      required: [field],
    },
  })
}

export const fixturePrompts: Prompt[] = Object.entries(prompts).map(([name, { names = [] }]) => ({
  name,
  description: `Tests ${name.replaceAll('_', ' ')}`,
  arguments: names.map((argument) => ({ name: argument, required: true })),
}))

/** `undefined`: it is none of the fixtures. */
export function getFixture(
  name: string,
  args: Record<string, string>,
  context: ServerContext,
): GetPromptResult | InputRequiredResult | undefined {
  const prompt = Object.hasOwn(prompts, name) ? prompts[name] : undefined
  const messages = prompt?.messages(args, context)
  return Array.isArray(messages) ? { messages } : messages
}
