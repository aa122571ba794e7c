import type { JsonObject } from '../../util/json.js'
import type { Route, Traits } from '../routes/route.js'
import type { SchemaFormName } from './tool-schemas/forms.js'
import type { WireCall } from './wire.js'

/** Describes a refusal by its words, and the form of the request that the provider accepts. */
export interface RefusalRule {
  readonly refusal: RegExp
  /** The traits of that form; `undefined` if the request has it already. */
  readonly traits?: (route: Route) => Partial<Traits> | undefined
  /** The parameters that are left out. */
  readonly omits?: readonly string[]
  /** The parameters that are added, unless the request has them. */
  readonly adds?: Readonly<JsonObject>
  /** Whether the rule is about this conversation only, so that it is not remembered. */
  readonly once?: boolean
  /** Whether the rule can apply again, because it has several steps. */
  readonly repeats?: boolean
  /** What is changed, as a notice says it. */
  readonly change: string
}

/** Returns the traits unless the route has them already. */
function set(traits: Partial<Traits>): (route: Route) => Partial<Traits> | undefined {
  const entries = Object.entries(traits)
  return ({ traits: known }) =>
    entries.every(([name, value]) => known[name as keyof Traits] === value) ? undefined : traits
}

/** The next form of tool schemas, with fewer keywords. */
function simplerSchemas({ traits }: Route): Partial<Traits> | undefined {
  const next: SchemaFormName = traits.toolSchemas === 'plain' ? 'google' : 'plain'
  return traits.toolSchemas === 'google' ? undefined : { toolSchemas: next }
}

/**
 * What providers say when they refuse the form of a request, in the words of public reports. Many
 * servers stand at an address of one's own or behind a proxy, so that only the refusal shows which
 * form they accept. The first rule that matches counts.
 */
export const refusalRules: readonly RefusalRule[] = [
  {
    refusal:
      /(reasoning_content|reasoning_details|thinking_blocks)\W.{0,60}(is unsupported|not (supported|allowed|permitted)|unrecognized)|(unknown|unsupported|unrecognized|unexpected|extra).{0,60}(reasoning_content|reasoning_details|thinking_blocks)|(reasoning_content|reasoning_details|thinking_blocks).{0,20}extra inputs/is,
    traits: set({ replayReasoning: 'never' }),
    change: 'earlier reasoning was left out',
  },
  {
    refusal:
      /reasoning_content.{0,80}(passed back|missing|required)|(missing|requires?).{0,30}reasoning_content/is,
    traits: set({ replayReasoning: 'required' }),
    change: 'every message of the model was sent with reasoning',
  },
  {
    refusal:
      /invalid.{0,20}signature|signature.{0,60}(invalid|field required|mismatch|could not)/is,
    traits: set({ replayReasoning: 'never' }),
    once: true,
    change: 'reasoning that the provider cannot read was left out',
  },
  {
    refusal: /expected `?(redacted_)?thinking`?.{0,40}found|must start with a thinking block/is,
    omits: ['thinking', 'reasoning_effort'],
    once: true,
    change: 'thinking was not requested, because the conversation has none for its last turn',
  },
  {
    refusal: /tools with reasoning_effort are not supported/i,
    adds: { reasoning_effort: 'none' },
    change: 'the model was asked not to reason, because this endpoint has no tools with reasoning',
  },
  {
    refusal:
      /(unrecognized|unknown|unsupported|unexpected|extra).{0,60}stream_options|stream_options.{0,60}(not (supported|allowed|permitted)|unsupported|extra inputs)/is,
    traits: set({ noStreamOptions: true }),
    change: 'the usage of the stream was not requested',
  },
  {
    refusal: /tool.?call.?id.{0,80}length of 9/is,
    traits: set({ toolIds: 'nine' }),
    change: 'ids of tool calls were shortened to nine characters',
  },
  {
    refusal:
      /(tool_calls?|tool_call_id|call_id|\bid\b).{0,80}(too long|maximum length|at most \d+)/is,
    traits: set({ toolIds: 'forty' }),
    change: 'ids of tool calls were shortened',
  },
  {
    refusal: /unexpected role .?user.? after role .?tool/i,
    traits: set({ assistantAfterTools: true }),
    change: 'a turn of the model was added after the results of tools',
  },
  {
    refusal:
      /roles? must alternate|must alternate between|(consecutive|successive|multiple) (user|assistant) (messages|turns|roles)/is,
    traits: set({ alternatingRoles: true }),
    change: 'adjacent messages of one role were joined',
  },
  {
    refusal:
      /without `?tools=?`? param|must define tools|toolConfig field must be defined|tools.{0,30}(required|must be).{0,40}tool.?(use|calls?|results?)/is,
    traits: set({ withdrawnTools: true }),
    change: 'the tools of the conversation were named as no longer available',
  },
  {
    refusal:
      /\bcontent\b.{0,40}(is missing|is required|field required)|missing.{0,20}\bcontent\b/is,
    traits: set({ contentRequired: true }),
    change: 'messages without content were sent with empty content',
  },
  {
    refusal:
      /^(?!.*too long).*(\bcontent\b.{0,60}(must be|should be|expected|is not) (a |of type )?(valid )?.?string|content.{0,60}expected a string)/is,
    traits: set({ stringContent: true }),
    change: 'text was sent as a string',
  },
  {
    refusal:
      /^(?!.*(response_format|json_schema\b|output_config|output_format)).*((schema|function_?declarations?|function.?parameters).{0,400}(invalid|not (supported|valid|allowed|specified)|does not support|unsupported|missing|unknown|must|could not|cannot)|(invalid|unsupported|unknown|could not|failed to).{0,200}(schema|function_?declarations?|function.?parameters|grammar))/is,
    traits: simplerSchemas,
    repeats: true,
    change: 'tool schemas were sent in a simpler form',
  },
]

/** Returns whether a rule can apply to a call. Rules about schemas need tools. */
export function applies(rule: RefusalRule, { request, settings }: WireCall): boolean {
  if (rule.adds)
    return Object.entries(rule.adds).some(([name, value]) => settings.body[name] !== value)
  if (rule.omits) return rule.omits.some((name) => settings.body[name] !== undefined)
  return rule.traits !== simplerSchemas || request.tools.length > 0
}
