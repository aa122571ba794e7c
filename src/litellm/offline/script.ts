import { isJsonObject, type JsonObject } from '../../util/json.js'

import { type ChatAnswer, type ChatRequest, type ChatTool, textOf } from './chat.js'
import { demoObject } from './demo-object.js'

/** Labels every answer, so that it is not mistaken for the answer of a model. */
const offlineLabel = '[offline demo model: scripted answer, no real model was called]'

const arithmetic = /\(*-?\d+(?:\.\d+)?(?:\s*(?:\*\*|[-+*/^])\s*\(*-?\d+(?:\.\d+)?\)*)+/

/** Only the start of a prompt is searched, because the searches take quadratic time. */
const maxSearched = 1_000

const fileName = /[\w-][\w./-]*\.(?:md|txt|csv|json|ya?ml)\b/

/**
 * Returns the answer to a request, by rules. Every agent tool receives the prompt, one after
 * another. Arithmetic goes to the calculator and a question about the time to the clock. A file
 * name goes to a tool that reads files. An output tool receives an object of its schema. Any other
 * prompt is repeated in the answer.
 */
export function scriptedAnswer(request: ChatRequest): ChatAnswer {
  const { messages, tools } = request
  const prompts = messages.filter(({ role }) => role === 'user').map(textOf)
  const prompt = prompts.at(-1) ?? ''
  const results = resultsSince(messages)
  const forced = forcedTool(request)
  const call = forced ? undefined : nextCall(prompt, tools, messages)
  if (call) return answer(`I ask the tool ${call.name}.`, call)
  const output = forced ?? tools.find(isOutputTool)
  if (output) {
    const input = demoObject(output.parameters, prompts.join('\n'), offlineLabel)
    return answer('', { name: output.name, input })
  }
  if (results.length > 0) return answer(results.map((text) => report(text, prompt)).join(' '))
  return answer(echo(prompts))
}

function answer(text: string, call?: ChatAnswer['call']): ChatAnswer {
  return { text: `${text} ${offlineLabel}`.trimStart(), ...(call && { call }) }
}

/** Returns the tool results since the last prompt. */
function resultsSince(messages: readonly JsonObject[]): string[] {
  return sinceLastPrompt(messages)
    .filter(({ role }) => role === 'tool')
    .map(textOf)
}

function sinceLastPrompt(messages: readonly JsonObject[]): JsonObject[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
}

/**
 * Returns the next tool call. Agent tools are called in turn. Only one other tool is called, and
 * only if no tool was called before.
 */
function nextCall(
  prompt: string,
  tools: readonly ChatTool[],
  messages: readonly JsonObject[],
): ChatAnswer['call'] {
  const called = callsSince(messages)
  const agent = tools.find(({ name }) => name.startsWith('agent_') && !called.includes(name))
  if (agent) return { name: agent.name, input: { prompt } }
  return called.length > 0 ? undefined : helperCall(prompt, tools)
}

/** Returns the names of the tools that were called since the last prompt. */
function callsSince(messages: readonly JsonObject[]): string[] {
  return sinceLastPrompt(messages).flatMap(({ tool_calls: calls }) =>
    (Array.isArray(calls) ? calls : []).flatMap((call) =>
      isJsonObject(call) && isJsonObject(call.function) ? [String(call.function.name)] : [],
    ),
  )
}

function helperCall(prompt: string, tools: readonly ChatTool[]): ChatAnswer['call'] {
  const offers = (name: string) => tools.some((tool) => tool.name === name)
  const start = prompt.slice(0, maxSearched)
  const expression = arithmetic.exec(start)?.[0]
  if (expression && offers('calculator')) return { name: 'calculator', input: { expression } }
  if (/\b(time|date|today)\b/i.test(prompt) && offers('current_time'))
    return { name: 'current_time', input: {} }
  const path = fileName.exec(start)?.[0]
  const reader = tools.find(({ name }) => /read(_text)?_file$/.test(name))
  if (path && reader) return { name: reader.name, input: { path } }
  return undefined
}

function forcedTool({ tools, toolChoice }: ChatRequest): ChatTool | undefined {
  if (toolChoice === 'required') return tools.length === 1 ? tools[0] : tools.find(isOutputTool)
  const named = isJsonObject(toolChoice) ? toolChoice.function : undefined
  return isJsonObject(named) ? tools.find(({ name }) => name === named.name) : undefined
}

/** Returns whether a tool ends a run. Agents declare this in the description of the tool. */
function isOutputTool({ description }: ChatTool): boolean {
  return description.startsWith('IMPORTANT: This StructuredOutputTool')
}

function report(result: string, prompt: string): string {
  const value = /^Result: (.+)$/.exec(result)?.[1]
  const expression = arithmetic.exec(prompt.slice(0, maxSearched))?.[0]
  if (value === undefined) return `The tool says: ${result}`
  return expression === undefined ? `The result is ${value}.` : `${expression} = ${value}.`
}

function echo(prompts: readonly string[]): string {
  const now = `You said: "${shortened(prompts.at(-1) ?? '')}".`
  const before = prompts.at(-2)
  if (before === undefined) return now
  return `${now} That is message ${prompts.length} of this conversation; before it you said: "${shortened(before)}".`
}

function shortened(text: string): string {
  const words = text.trim().split(/\s+/)
  return words.length > 40 ? `${words.slice(0, 40).join(' ')} …` : words.join(' ')
}
