import { beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { connectStdio } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'

const agent = { description: 'Helps', tools: ['calculator'], approval: ['calculator'] }

let tools: JsonObject[]

beforeAll(async () => {
  const config = {
    defaults: { modelId: 'offline/demo' },
    agents: { helper: { ...agent, exposeAs: 'tool' }, quiet: agent },
  }
  tools = await toolsOf(config)
})

async function toolsOf(config: JsonObject): Promise<JsonObject[]> {
  const client = await connectStdio('2025', {}, ['--config', configFile(config)])
  try {
    return (await client.request('tools/list')).tools
  } finally {
    await client.close()
  }
}

/** Every schema inside a schema, itself first, with its place. */
function schemasIn(schema: JsonObject, at = '#'): [string, JsonObject][] {
  const members: [string, JsonObject][] = Object.entries(schema.properties ?? {})
  const branches: JsonObject[] = schema.anyOf ?? []
  return [
    [at, schema],
    ...members.flatMap(([name, member]) => schemasIn(member, `${at}/${name}`)),
    ...(schema.items ? schemasIn(schema.items, `${at}[]`) : []),
    ...branches.flatMap((branch, index) => schemasIn(branch, `${at}|${index}`)),
  ]
}

/** Calls `problem` for each schema of each tool, and returns what it found. */
function problems(problem: (schema: JsonObject) => string | undefined): string[] {
  return tools.flatMap(({ name, inputSchema }) =>
    schemasIn(inputSchema).flatMap(([at, schema]) => {
      const found = problem(schema)
      return found === undefined ? [] : [`${name} ${at}: ${found}`]
    }),
  )
}

test('surface 1 and people F9: the schemas of all ten tools are checked', () => {
  expect(tools.map(({ name }) => name)).toEqual([
    'run_agent',
    'structured_extract',
    'get_run',
    'cancel_run',
    'list_runs',
    'list_models',
    'list_sessions',
    'forget_session',
    'answer_approval',
    'agent_helper',
  ])
})

test('surface 1: google-genai converts every schema, because no keyword has a boolean schema', () => {
  const schemaKeywords = ['items', 'additionalProperties', 'additional_properties']
  expect(
    problems((schema) => {
      const wrong = schemaKeywords.find((key) => key in schema && typeof schema[key] !== 'object')
      return wrong && `${wrong} is ${schema[wrong]}`
    }),
  ).toEqual([])
})

test('surface 12: every enum has the type string and no schema is a const', () => {
  expect(
    problems((schema) => {
      if ('const' in schema) return 'is a const'
      if (!('enum' in schema)) return undefined
      const values: unknown[] = schema.enum
      return schema.type === 'string' && values.every((value) => typeof value === 'string')
        ? undefined
        : 'is an enum without the type string'
    }),
  ).toEqual([])
})

test('people F9: every schema keeps to what the Gemini API accepts in a function declaration', () => {
  const keywords = new Set(['type', 'description', 'enum', 'items', 'properties', 'required'])
  const types = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object'])
  expect(
    problems((schema) => {
      const keys = Object.keys(schema)
      // Vertex AI refuses any other keyword next to anyOf.
      if ('anyOf' in schema) return keys.length === 1 ? undefined : `has ${keys} next to anyOf`
      if (!types.has(schema.type)) return `has the type ${schema.type}`
      const foreign = keys.find((key) => !keywords.has(key))
      if (foreign !== undefined) return `has ${foreign}`
      if (schema.type === 'array' && !schema.items) return 'is a list without items'
      const unknown = (schema.required ?? []).find((name: string) => !schema.properties?.[name])
      return unknown && `requires ${unknown}, which it does not have`
    }),
  ).toEqual([])
})

test('surface 12: clients of 2025 find a type in every schema', () => {
  // The rule of gemini-cli 0.1.22 to 0.4: a schema has a type, or branches that all have one.
  const hasValidTypes = (schema: JsonObject): boolean => {
    const branches = [...(schema.anyOf ?? []), ...(schema.allOf ?? []), ...(schema.oneOf ?? [])]
    if (!schema.type && (branches.length === 0 || !branches.every(hasValidTypes))) return false
    const members: JsonObject[] = Object.values(schema.properties ?? {})
    if (schema.type === 'object' && !members.every(hasValidTypes)) return false
    return schema.type !== 'array' || !schema.items || hasValidTypes(schema.items)
  }
  for (const { inputSchema, name } of tools)
    expect([name, hasValidTypes(inputSchema)]).toEqual([name, true])
})

describe('surface 3: the strict conversion of the OpenAI Agents SDK', () => {
  /** The conversion as far as it concerns our keywords; it throws where the SDK does. */
  function strict(schema: JsonObject): JsonObject {
    if (schema.type === 'object' && schema.additionalProperties)
      throw new Error('additionalProperties should not be set for object types')
    const names = Object.keys(schema.properties ?? {})
    return {
      ...schema,
      ...(schema.type === 'object' && { additionalProperties: false }),
      ...(schema.properties && {
        required: names,
        properties: Object.fromEntries(
          names.map((name) => [name, strict(schema.properties[name])]),
        ),
      }),
      ...(schema.items && { items: strict(schema.items) }),
      ...(schema.anyOf && { anyOf: schema.anyOf.map(strict) }),
    }
  }

  test('succeeds for every tool', () => {
    for (const { inputSchema } of tools)
      expect(strict(inputSchema).additionalProperties).toBe(false)
  })

  test('and calls with what strict models must fill in are accepted', async () => {
    const client = await connectStdio('2025', { LITELLM_AGENTS_MODEL_ID: 'offline/demo' })
    const emptyOf = ({ type }: JsonObject): unknown =>
      type === 'object' ? {} : type === 'array' ? [] : type === 'string' ? '' : null
    try {
      for (const { inputSchema, name } of tools) {
        if (!['run_agent', 'list_runs', 'list_models', 'list_sessions'].includes(name)) continue
        const args = Object.entries<JsonObject>(inputSchema.properties).map(([arg, schema]) => [
          arg,
          arg === 'prompt' ? 'Hi' : emptyOf(schema.anyOf?.[0] ?? schema),
        ])
        const result = await client.call(name, Object.fromEntries(args))
        expect([name, result.isError ?? false]).toEqual([name, false])
      }
    } finally {
      await client.close()
    }
  })
})

test('people E: the built-in tools cost less than 2,500 tokens as function definitions', () => {
  const functions = tools
    .filter(({ name }) => name !== 'agent_helper')
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  expect(JSON.stringify(functions).length / 4).toBeLessThan(2_500)
  for (const { description } of tools) expect(description.length).toBeLessThan(2_048)
})

test('people E: descriptions say when to call a tool', () => {
  const say = Object.fromEntries(tools.map(({ name, description }) => [name, description]))
  expect(say.run_agent).toMatch(/use it when.*another model.*second opinion.*cheaper/i)
  for (const name of ['structured_extract', 'get_run', 'list_runs', 'list_models', 'list_sessions'])
    expect([name, say[name]]).toEqual([name, expect.stringMatching(/use it /i)])
  expect(say.answer_approval).toMatch(/ask the user first/i)
})

test('people E: the argument tools lists what callers may name', async () => {
  const [runAgent] = await toolsOf({
    defaults: { modelId: 'offline/demo' },
    allow: { tools: ['docs/*'] },
    mcpServers: { docs: { command: 'true' } },
  })
  expect(runAgent?.inputSchema.properties.tools.description).toContain(
    'calculator, current_time, docs/*',
  )
})

test('people m15: many agents do not make the argument agent long', async () => {
  const many = Array.from({ length: 40 }, (_, index) => [
    `agent-${index}`,
    { description: 'Does something that takes a good number of words to say, and more' },
  ])
  const [runAgent] = await toolsOf({
    defaults: { modelId: 'offline/demo' },
    agents: Object.fromEntries(many),
  })
  const { description, enum: names } = runAgent?.inputSchema.properties.agent ?? {}
  expect(names).toHaveLength(40)
  expect(description.length).toBeLessThan(700)
  expect(description).toMatch(/^agent-0: Does something.*…$/)
})

test('people m14: a prompt says that it is one', async () => {
  const client = await connectStdio('2025', {}, [
    '--config',
    configFile({ defaults: { modelId: 'offline/demo' }, agents: { helper: agent } }),
  ])
  const { prompts } = await client.request('prompts/list')
  await client.close()
  expect(prompts[0].description).toMatch(/^Prompt that hands a task to the agent helper/)
})
