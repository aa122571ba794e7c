import { type JsonObject, type JsonValue, parseJsonObject } from '../../util/json.js'
import { AgentError } from '../errors.js'
import type { Message } from '../messages/content.js'
import type { ToolChoice } from '../model.js'
import { type Tool, ToolFailure } from '../tools/tool.js'
import type { OutputSchema, ValidationIssue } from '../validator.js'

export const defaultMaxAttempts = 3

/** How many answers in plain text are accepted before the run fails. */
const maxTexts = 2

export const defaultOutputPrompt = 'You must format the previous response as structured output.'

/**
 * How the object is requested. `offered`: the output tool is offered with the other tools. `forced`:
 * it is the only tool and must be called. `auto`: the provider rejected the tool choice. `text`: the
 * provider rejected tools, so the answer text must be the object.
 */
type Mode = 'offered' | 'forced' | 'auto' | 'text'

export interface OutputRequest {
  tools: readonly Tool[]
  toolChoice?: ToolChoice
}

/**
 * Controls how one run gets a validated object: by a call of the output tool, or by text that is the
 * object. The finish reason does not matter. Invalid objects are sent back to the model with their
 * errors, up to `maxAttempts` times.
 */
export class OutputPlan {
  private mode: Mode
  private invalid = 0
  private texts = 0
  private issues: ValidationIssue[] = []
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
      run: async (input) => {
        const wrong = await this.check(input)
        if (wrong) throw new ToolFailure(wrong)
        return `Successfully validated ${schema.name} structured output`
      },
    }
  }

  get done(): boolean {
    return this.captured !== undefined
  }

  get output(): unknown {
    return this.captured?.value
  }

  /** How many objects the model gave, including the valid one. */
  get attempts(): number {
    return this.invalid + (this.captured ? 1 : 0)
  }

  /** The output tool if it is the only one offered, so that a call of any name must mean it. */
  get soleTool(): Tool | undefined {
    return this.mode === 'offered' ? undefined : this.tool
  }

  /** The tools and the choice for the next model call. */
  request(tools: readonly Tool[]): OutputRequest {
    switch (this.mode) {
      case 'offered':
        return { tools: [...tools, this.tool] }
      case 'forced':
        return {
          tools: [this.tool],
          toolChoice: this.options.force
            ? { type: 'any' }
            : { type: 'tool', name: this.schema.name },
        }
      case 'auto':
        return { tools: [this.tool] }
      case 'text':
        return { tools: [] }
    }
  }

  /** Checks an answer in text. Returns the next user message, or `undefined` if the object was found. */
  async afterText(text: string): Promise<Message | undefined> {
    const candidate = parseJsonText(text)
    if (candidate !== undefined) {
      const wrong = await this.check(candidate)
      if (wrong === undefined) return undefined
      this.failIfExhausted(text)
      if (this.mode === 'offered') this.mode = 'forced'
      return userText(wrong)
    }
    this.texts++
    if (this.texts === maxTexts)
      throw this.failure('The model answered in text instead of an object.', text)
    if (this.mode === 'offered') this.mode = 'forced'
    return userText(this.mode === 'text' ? this.textPrompt() : this.options.prompt)
  }

  /** Throws `structuredOutput` if the model has used up its attempts. */
  failIfExhausted(text: string): void {
    if (!this.done && this.invalid >= this.options.maxAttempts) {
      const wrong = this.issues.map(describeIssue).join('; ')
      throw this.failure(`The last of ${this.invalid} objects was invalid: ${wrong}.`, text)
    }
  }

  /**
   * Handles a provider's rejection of the request. Returns a less strict request, with the message to
   * send, or `undefined` if the error has another cause or no less strict request is left.
   */
  onProviderRejection(error: AgentError): { message?: Message } | undefined {
    if (error.code !== 'invalidRequest' && error.code !== 'unsupportedParams') return undefined
    if (!/tool|function|thinking/i.test(error.message)) return undefined
    if (this.mode === 'forced') {
      this.mode = 'auto'
      return {}
    }
    // The agent's own tools are never dropped, because the answer may depend on them.
    if (this.mode === 'auto' || (this.mode === 'offered' && this.options.isOnlyTool)) {
      this.mode = 'text'
      return { message: userText(this.textPrompt()) }
    }
    return undefined
  }

  truncated(text: string): AgentError {
    return this.failure('The model reached its output limit before the object was complete.', text)
  }

  private async check(candidate: JsonValue): Promise<string | undefined> {
    const validation = await this.schema.validate(candidate)
    if (validation.ok) {
      this.captured = { value: validation.value }
      return undefined
    }
    this.invalid++
    this.issues = validation.issues
    const lines = validation.issues.map((issue) => `- ${describeIssue(issue)}`)
    return `Validation failed for ${this.schema.name}. Please fix the following errors:\n${lines.join('\n')}`
  }

  private textPrompt(): string {
    const schema = JSON.stringify(this.schema.jsonSchema)
    return `Answer with one JSON object and nothing else. It must validate against this JSON Schema:\n${schema}`
  }

  private failure(what: string, text: string): AgentError {
    return new AgentError({
      code: 'structuredOutput',
      message: `No valid ${this.schema.name} object: ${what}`,
      hint: 'Simplify the schema, describe each field in the prompt, or use a model with better tool support.',
      text,
    })
  }
}

/** Strands' wording, which keeps a model from answering before it has used its other tools. */
function lastToolDescription(description: string): string {
  return `IMPORTANT: This StructuredOutputTool should only be invoked as the last and final tool before returning the completed result to the caller. <description>${description}</description>`
}

function describeIssue(issue: ValidationIssue): string {
  return `Field '${issue.path || 'root'}': ${issue.message}`
}

function userText(text: string): Message {
  return { role: 'user', content: [{ text }] }
}

/** Parses a text that is one JSON object, optionally in a code fence. */
function parseJsonText(text: string): JsonObject | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)
  const body = (fenced?.[1] ?? text).trim()
  return body.startsWith('{') ? parseJsonObject(body) : undefined
}
