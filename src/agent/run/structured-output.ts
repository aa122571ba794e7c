import type { JsonObject } from '../../util/json.js'
import { AgentError } from '../errors.js'
import { type Message, messageText, type ToolUseBlock, toolUses } from '../messages/content.js'
import type { ToolChoice } from '../model.js'
import { type Tool, ToolFailure } from '../tools/tool.js'
import type { OutputSchema } from '../validator.js'
import { findObjects, objectsInValue } from './find-object.js'
import { validObject } from './valid-object.js'

export const defaultMaxAttempts = 3

export const defaultOutputPrompt = 'You must format the previous response as structured output.'

/**
 * How the object is requested, strictest first after `offered`. `offered`: the output tool is
 * offered with the other tools. `forced`: it must be called. `format`: `response_format` has the
 * schema. `auto`: the output tool is offered and may be called. `text`: the answer must be the object.
 */
type Mode = 'offered' | 'forced' | 'format' | 'auto' | 'text'

export interface OutputRequest {
  tools: readonly Tool[]
  toolChoice?: ToolChoice
  params?: JsonObject
}

type ToolUse = ToolUseBlock['toolUse']

/**
 * Controls how one run gets a validated object: by a call of the output tool, or by text that has
 * the object. The finish reason does not matter. If an answer is malformed, the model gets its
 * errors and the next less strict request, up to `maxAttempts` times.
 */
export class OutputPlan {
  private mode: Mode
  private malformed = 0
  private problems: readonly string[] = []
  private rejectsTools = false
  private captured: { value: unknown } | undefined
  readonly tool: Tool

  constructor(
    private readonly schema: OutputSchema,
    private readonly options: {
      force: boolean
      /** True if the agent has no other tools. */
      isOnlyTool: boolean
      maxAttempts: number
      prompt: string
    },
  ) {
    this.mode = options.force ? 'forced' : 'offered'
    this.tool = {
      spec: {
        name: schema.name,
        description: options.force ? schema.description : lastToolDescription(schema.description),
        inputSchema: schema.jsonSchema,
      },
      run: (input) => this.answerCall({ toolUseId: '', name: schema.name, input }),
    }
  }

  get done(): boolean {
    return this.captured !== undefined
  }

  get output(): unknown {
    return this.captured?.value
  }

  /** How many answers the model gave when the object was requested, including the valid one. */
  get attempts(): number {
    return this.malformed + (this.captured ? 1 : 0)
  }

  /** The output tool if a call of any name must mean it, because the object was requested. */
  get soleTool(): Tool | undefined {
    return this.mode === 'offered' ? undefined : this.tool
  }

  /** Returns the tools, tool choice and parameters of the next model call. */
  request(tools: readonly Tool[]): OutputRequest {
    const { force, isOnlyTool } = this.options
    // The list of tools stays the same, because a changed list invalidates the provider's cache.
    const all = force ? [this.tool] : [...tools, this.tool]
    switch (this.mode) {
      case 'offered':
      case 'auto':
        return { tools: all }
      case 'forced':
        return {
          tools: all,
          toolChoice: force ? { type: 'any' } : { type: 'tool', name: this.schema.name },
        }
      case 'format':
        return isOnlyTool || force
          ? { tools: [], params: this.responseFormat() }
          : { tools: all, params: { ...this.responseFormat(), tool_choice: 'none' } }
      case 'text':
        return isOnlyTool || force ? { tools: [] } : { tools: all, params: { tool_choice: 'none' } }
    }
  }

  /** Checks a call of the output tool. Throws a ToolFailure with the errors if it has no valid object. */
  async answerCall({ input, rawInput = '' }: ToolUse): Promise<string> {
    const candidates = [objectsInValue(input), ...findObjects(rawInput)]
    const found = await validObject(this.schema, candidates, rawInput)
    if (!('value' in found)) {
      const { problems } = found
      throw new ToolFailure(this.fail(problems.length > 0 ? problems : [notAnObject]))
    }
    const other = this.captured
    if (other && JSON.stringify(other.value) !== JSON.stringify(found.value)) {
      this.captured = undefined
      throw new ToolFailure(this.fail(['several calls gave different objects, and not one']))
    }
    this.captured = found
    return `Successfully validated ${this.schema.name} structured output`
  }

  /** Checks an answer in text. Returns the next user message, or `undefined` if it has the object. */
  async afterText(text: string): Promise<Message | undefined> {
    const found = await validObject(this.schema, findObjects(text), text)
    if ('value' in found) {
      this.captured = found
      return undefined
    }
    const { problems } = found
    const offered = this.mode === 'offered'
    // An offered tool may be ignored once: the answer was not requested to be the object.
    if (offered && problems.length === 0) {
      this.mode = 'forced'
      return userText(this.options.prompt)
    }
    const errors = this.fail(problems.length > 0 ? problems : [noObject])
    this.failIfExhausted(text)
    if (problems.length > 0) {
      if (offered) this.mode = 'forced'
      return userText(errors)
    }
    // The server does not enforce the tool, so an optional tool would not help.
    this.mode = this.mode === 'forced' ? 'format' : 'text'
    return userText(this.textPrompt())
  }

  /** Takes the object of an answer that was cut off by the output limit, if it is complete. */
  async takeTruncated(message: Message): Promise<boolean> {
    const calls = toolUses(message).filter(
      ({ name }) => name === this.schema.name || this.soleTool !== undefined,
    )
    const inputs = calls.map(({ input }) => objectsInValue(input))
    const found = await validObject(
      this.schema,
      [...inputs, ...findObjects(messageText(message))],
      '',
    )
    if ('value' in found) this.captured = found
    return this.done
  }

  /** Throws `structuredOutput` if the model has used up its attempts. */
  failIfExhausted(text: string): void {
    if (this.done || this.malformed < this.options.maxAttempts) return
    const { malformed } = this
    const answers = malformed === 1 ? 'the only answer' : `the last of ${malformed} answers`
    throw this.failure(`${answers} was malformed: ${this.problems.join('; ')}.`, text)
  }

  /**
   * Handles a provider's rejection of the request. Returns a less strict request, with the message to
   * send, or `undefined` if the error has another cause or no less strict request is left.
   */
  onProviderRejection(error: AgentError): { message?: Message } | undefined {
    if (error.code !== 'invalidRequest' && error.code !== 'unsupportedParams') return undefined
    const { message } = error
    const { force, isOnlyTool } = this.options
    const aboutFormat = /response_format|json_schema|output_config|grammar|schema/i.test(message)
    const aboutTools = /tool|function|thinking/i.test(message)
    if (this.mode === 'format' ? !aboutFormat && !aboutTools : !aboutTools) return undefined
    if (this.mode === 'offered' || this.mode === 'auto' || rejectsAllTools.test(message)) {
      // The agent's own tools are never dropped, because the answer may depend on them.
      if (this.mode !== 'format' && !force && !isOnlyTool) return undefined
      this.rejectsTools = true
    }
    const next = this.lessStrict()
    if (next === undefined) return undefined
    const asked = this.mode === 'format'
    this.mode = next
    return next === 'auto' || asked ? {} : { message: userText(this.textPrompt()) }
  }

  truncated(text: string): AgentError {
    this.malformed++
    return this.failure(
      'the model reached its output limit before the object was complete.',
      text,
      'Raise max_tokens in params, or request a smaller object.',
    )
  }

  filtered(text: string): AgentError {
    return new AgentError({
      code: 'contentPolicy',
      message: `No valid ${this.schema.name} object: the provider filtered the answer.`,
      hint: 'Rephrase the prompt: the provider refused its content or the answer.',
      text,
    })
  }

  /** The next request after the provider rejected the current one. */
  private lessStrict(): Mode | undefined {
    switch (this.mode) {
      case 'offered':
      case 'forced':
        return 'format'
      case 'format':
        return this.rejectsTools ? 'text' : 'auto'
      case 'auto':
        return 'text'
      case 'text':
        return undefined
    }
  }

  /** Counts a malformed answer. Returns its errors for the model. */
  private fail(problems: readonly string[]): string {
    this.malformed++
    this.problems = problems
    const lines = problems.map((line) => `- ${line}`)
    return `Validation failed for ${this.schema.name}. Please fix the following errors:\n${lines.join('\n')}`
  }

  private textPrompt(): string {
    const schema = JSON.stringify(this.schema.jsonSchema)
    return `Answer with one JSON object and nothing else. It must validate against this JSON Schema:\n${schema}`
  }

  private responseFormat(): JsonObject {
    const { name, jsonSchema } = this.schema
    return { response_format: { type: 'json_schema', json_schema: { name, schema: jsonSchema } } }
  }

  private failure(what: string, text: string, hint = failureHint): AgentError {
    const message = `No valid ${this.schema.name} object: ${what}`
    return new AgentError({ code: 'structuredOutput', message, hint, text })
  }
}

const failureHint =
  'Simplify the schema, describe each field in the prompt, or use a model with better tool support.'
const notAnObject = 'the arguments must be one JSON object'
const noObject = 'it was text without a JSON object'

/** How providers say that a model has no tools at all. */
const rejectsAllTools =
  /not support (the )?(use of )?(tools?|function|tool use)|(tools?|functions?|function calling|tool use)( is| are)? (not (supported|available)|unsupported)|no endpoints found that support tool/i

/** Strands' wording, which keeps a model from answering before it has used its other tools. */
function lastToolDescription(description: string): string {
  return `IMPORTANT: This StructuredOutputTool should only be invoked as the last and final tool before returning the completed result to the caller. <description>${description}</description>`
}

function userText(text: string): Message {
  return { role: 'user', content: [{ text }] }
}
