import {
  type JsonObject,
  type ModelRequest,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { startGoogleModel } from './google-model.js'

/** The wire on which a stack calls its own model. */
export type ModelWire = 'openai' | 'anthropic' | 'google'

export interface ToolUse {
  tool: string
  arguments: JsonObject
}

/** The model of an agent stack: it calls our tools in turn and keeps each request that it receives. */
export interface CallingModel {
  /** The base URL without a version. */
  readonly url: string
  /** The bodies of the requests that offered tools, in order of arrival. */
  readonly requests: JsonObject[]
  close(): Promise<void>
}

export interface Offered {
  name: string
  inputSchema: JsonObject
}

/** Returns what the model answers to a request that offers these tools. */
export type Turn = (offered: readonly Offered[]) => Step

/** Starts a model that asks for each of these calls in turn and then says that it is done. */
export async function startCallingModel(
  wire: ModelWire,
  calls: readonly ToolUse[],
): Promise<CallingModel> {
  const turn = callsInTurn(calls)
  if (wire === 'google') return startGoogleModel(turn)
  const fake = await startFakeProvider()
  const requests: JsonObject[] = []
  const reply = ({ tools, body }: ModelRequest) => {
    fake.script(reply)
    if (tools.length > 0) requests.push(body)
    return turn(tools)
  }
  fake.script(reply)
  return { url: fake.url, requests, close: fake.close }
}

function callsInTurn(calls: readonly ToolUse[]): Turn {
  let next = 0
  return (offered) => {
    const call = offered.length > 0 ? calls[next] : undefined
    if (call === undefined) return end(offered)
    // Some stacks put the name of the server in front of a tool's name.
    const tool = offered.find(({ name }) => name.endsWith(call.tool))
    if (tool === undefined) return { text: `The tool ${call.tool} is missing.` }
    next += 1
    return { toolCalls: [{ name: tool.name, arguments: complete(call.arguments, tool) }] }
  }
}

/** Some stacks end a run by a tool of their own instead of by text. */
function end(offered: readonly Offered[]): Step {
  const answer = 'Done.'
  return offered.some(({ name }) => name === 'final_answer')
    ? { toolCalls: [{ name: 'final_answer', arguments: { answer } }] }
    : { text: answer }
}

/** Adds an empty value for each other argument that the stack presents as required, as models do. */
function complete(args: JsonObject, { inputSchema }: Offered): JsonObject {
  const required: string[] = inputSchema.required ?? []
  const empty = required.map((name) => [name, emptyValue(inputSchema.properties?.[name] ?? {})])
  return { ...Object.fromEntries(empty), ...args }
}

function emptyValue({ type, anyOf, maximum }: JsonObject): unknown {
  const types: unknown[] = [type ?? (anyOf ?? []).map((one: JsonObject) => one.type)].flat()
  if (types.includes('null')) return null
  if (types.includes('string')) return ''
  if (types.includes('object')) return {}
  if (types.includes('array')) return []
  if (types.includes('boolean')) return false
  return maximum ?? 1
}
