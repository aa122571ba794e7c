import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { AgentError } from '../../src/agent/errors.js'
import type { Message } from '../../src/agent/messages/content.js'
import { isToolResult, repairHistory } from '../../src/agent/messages/history.js'
import { parseConfigFile } from '../../src/config/file.js'
import { ConfigError } from '../../src/config/problems.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { eventData } from '../../src/litellm/http/sse.js'
import { ChatAnswerBuilder } from '../../src/litellm/wires/openai-chat/stream.js'
import { jsonValidator } from '../../src/schema/json-validator.js'
import { checkShape } from '../../src/schema/shape.js'
import type { JsonObject, JsonValue } from '../../src/util/json.js'
import { readerOf } from '../helpers/config-reader.js'
import { reportTrust } from '../helpers/trust.js'
import { history, json } from './arbitraries.js'
import { many, runs } from './runs.js'

let properties = 0
const limitMs = 600_000
afterAll(() => reportTrust('properties: core', { properties, runs: runs.total }))

async function holds(property: fc.IRawProperty<unknown, boolean>, few: number, lots: number) {
  await fc.assert(property as fc.IAsyncProperty<unknown>, many(few, lots))
  properties++
}

test(
  'repaired histories are valid, and repairing them again changes nothing',
  () =>
    holds(
      fc.property(history, (messages) => {
        const repaired = repairHistory(messages)
        expect(unanswered(repaired)).toEqual([])
        expect(repairHistory(repaired)).toEqual(repaired)
      }),
      500,
      50_000,
    ),
  limitMs,
)

/** Uses without a result in the next message, and results without a use in the one before. */
function unanswered(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }, at) => {
    const uses = (of: Message | undefined) =>
      of?.role === 'assistant'
        ? of.content.flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : []))
        : []
    const results = (of: Message | undefined) =>
      of?.role === 'user'
        ? of.content.filter(isToolResult).map((block) => block.toolResult.toolUseId)
        : []
    const after = results(messages[at + 1])
    const before = uses(messages[at - 1])
    const own = messages[at] as Message
    return [
      ...uses(own).filter((id) => !after.includes(id)),
      ...results(own).filter((id) => !before.includes(id)),
      ...content.filter((block) => isToolResult(block) && own.role !== 'user').map(String),
    ]
  })
}

const chunk = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((content) => ({ delta: { content } })),
  fc.string().map((reasoning_content) => ({ delta: { reasoning_content } })),
  fc
    .record({
      index: fc.option(fc.nat(2), { nil: undefined }),
      id: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      function: fc.record({
        name: fc.option(fc.constant('f'), { nil: undefined }),
        arguments: fc.constantFrom('', '{', '}', '{"a":1}', '"x'),
      }),
    })
    .map((call) => ({ delta: { tool_calls: [call] } })),
  json.map((delta) => ({ delta })),
)

test(
  'a stream means the same however it is cut, and never throws',
  () =>
    holds(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (chunks, cuts, lineEnd) => {
          const lines = chunks.flatMap((choice) => [
            `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}`,
            '',
            ': comment',
          ])
          const whole = [...lines, ''].join(lineEnd) + lineEnd
          expect(await built(pieces(whole, cuts))).toEqual(await built([whole]))
        },
      ),
      300,
      20_000,
    ),
  limitMs,
)

function pieces(whole: string, cuts: readonly number[]): string[] {
  const ends = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b)
  return [...ends, whole.length].map((end, at) => whole.slice(ends[at - 1] ?? 0, end))
}

async function built(texts: readonly string[]) {
  const builder = new ChatAnswerBuilder()
  const deltas: string[] = []
  async function* stream() {
    yield* texts
  }
  for await (const events of eventData(stream()))
    for (const data of events)
      for (const delta of builder.push(JSON.parse(data))) deltas.push(JSON.stringify(delta))
  const answer = JSON.stringify(builder.answer()).replace(/call_[\da-f-]{36}/g, 'made up')
  return { answer, deltas }
}

const keyword = fc.constantFrom(
  ...['type', 'properties', 'required', 'items', 'enum', 'const', '$ref', '$defs', 'pattern'],
  ...['anyOf', 'oneOf', 'allOf', 'not', 'format', 'minimum', 'default', '$schema', '$id', 'if'],
  ...['patternProperties', 'additionalProperties', 'uniqueItems', '$async', '__proto__', '$anchor'],
)
const word = fc.constantFrom('object', 'string', '#', '#/$defs/a', 'http://x/y', '[', '(a+)+$', '^')
const { schema } = fc.letrec<{ schema: JsonValue }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    json,
    word,
    fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', 'b')), tie('schema'), { maxKeys: 4 }),
    fc.array(tie('schema'), { maxLength: 3 }),
  ) as fc.Arbitrary<JsonValue>,
}))

test(
  'no JSON Schema does more than be refused',
  () =>
    holds(
      fc.asyncProperty(schema, json, async (given, value) => {
        const candidates = [given, { ...(given as JsonObject), type: 'object' }]
        for (const candidate of candidates)
          try {
            const validate = await jsonValidator(checkShape(candidate, 'x'), 'x')
            const { ok } = await validate(value)
            expect(ok).toBeTypeOf('boolean')
          } catch (error) {
            expect(error).toBeInstanceOf(AgentError)
          }
      }),
      300,
      10_000,
    ),
  limitMs,
)

const section = fc.constantFrom(
  ...['defaults', 'clientArgs', 'allow', 'http', 'sessions', 'agents', 'mcpServers', 'runs'],
  ...['modelId', 'limits', 'tools', 'systemPrompt', 'textFile', 'command', 'url', '__proto__'],
)
const { config } = fc.letrec<{ config: JsonValue }>((tie) => ({
  config: fc.oneof(
    { maxDepth: 4 },
    json,
    fc.constantFrom(...['{HOME}', '{X:-y}', '{'].map((rest) => `$${rest}`), '*'),
    fc.dictionary(fc.oneof(section, fc.string()), tie('config'), { maxKeys: 5 }),
    fc.array(tie('config'), { maxLength: 3 }),
  ) as fc.Arbitrary<JsonValue>,
}))

test(
  'no configuration does more than be refused',
  () =>
    holds(
      fc.property(
        fc.oneof(
          config.map((value) => JSON.stringify(value)),
          fc.string(),
          fc
            .array(fc.constantFrom('a: ', '- ', '&x ', '*x', '{', '}', '\n', '  ', '|', '"', '!!'))
            .map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            const env = { HOME: '/nonexistent' }
            const file = parseConfigFile(
              '/nonexistent/agents.yaml',
              text,
              env,
              readerOf(() => ''),
            )
            resolveConfig({ file, env, flags: {} })
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError)
          }
        },
      ),
      400,
      20_000,
    ),
  limitMs,
)
