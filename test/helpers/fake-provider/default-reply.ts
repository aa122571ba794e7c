import { exampleOf } from './example-instance.js'
import type { JsonObject, ModelRequest, OfferedTool, Step } from './types.js'

const ARITHMETIC = /(-?\d+(?:\.\d+)?)\s*([-+*/×x])\s*(\d+(?:\.\d+)?)/
const ORDINARY_TOOLS = ['calculator', 'current_time']

/** What the provider answers when nothing is scripted: a small, predictable model. */
export function defaultReply(request: ModelRequest): Step {
  const tool = forcedTool(request) ?? wantedTool(request)
  if (tool) return { toolCalls: [{ name: tool.name, arguments: argumentsFor(tool, request) }] }

  const schema = request.responseSchema ?? schemaIn(request.lastUserText)
  if (schema) return { text: JSON.stringify(exampleOf(schema)) }
  if (request.toolResults.length > 0) return { text: answerFromResults(request) }
  return { text: `You said: ${request.lastUserText}` }
}

/** The JSON Schema that a prompt asks an answer to follow. */
function schemaIn(prompt: string): JsonObject | undefined {
  const [, text] = /JSON Schema:\n(\{.*\})$/s.exec(prompt) ?? []
  return text === undefined ? undefined : JSON.parse(text)
}

function forcedTool(request: ModelRequest): OfferedTool | undefined {
  const { tools, forcedTool: forced } = request
  if (forced !== 'any') return tools.find((tool) => tool.name === forced)
  return tools.find((tool) => !ORDINARY_TOOLS.includes(tool.name)) ?? tools[0]
}

function wantedTool(request: ModelRequest): OfferedTool | undefined {
  const calculator = request.tools.find((tool) => tool.name === 'calculator')
  const isAsked = ARITHMETIC.test(request.lastUserText) && request.toolResults.length === 0
  if (calculator && isAsked) return calculator
  return request.tools.find(looksLikeOutputTool)
}

/** A tool through which an agent wants its structured answer. */
function looksLikeOutputTool({ name, description }: OfferedTool): boolean {
  if (ORDINARY_TOOLS.includes(name)) return false
  return (
    /structured|output/i.test(name) || /structured ?output|final (answer|tool)/i.test(description)
  )
}

function argumentsFor(tool: OfferedTool, request: ModelRequest): object {
  if (tool.name === 'calculator') return { expression: expressionIn(request) }
  return exampleOf(tool.inputSchema) as object
}

function expressionIn(request: ModelRequest): string {
  const [, left, operator, right] = ARITHMETIC.exec(request.lastUserText) ?? [null, '2', '+', '2']
  return `${left} ${operator?.replace(/[×x]/, '*')} ${right}`
}

function answerFromResults(request: ModelRequest): string {
  const result = request.toolResults.map((r) => r.text).join(', ')
  const question = ARITHMETIC.exec(request.lastUserText)?.[0].replaceAll(' ', '')
  const number = result.match(/-?\d+(?:\.\d+)?/g)?.at(-1)
  return question && number ? `${question} is ${number}.` : `The tools said: ${result}`
}
