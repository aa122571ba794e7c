import { isJsonObject, type JsonObject } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'

/** Returns the parameters under the names and in the form that the provider supports. Pure. */
export function chatParams(body: Readonly<JsonObject>, route: Route): JsonObject {
  const params = withOutputLimit(body, route)
  return route.traits.thinkingSwitch ? withThinkingSwitch(params) : params
}

/**
 * Renames the output limit parameter to the name that the model supports. The provider's traits
 * determine the name.
 */
function withOutputLimit(body: Readonly<JsonObject>, { model, traits }: Route): JsonObject {
  const [from, to] = traits.modernMaxTokens?.test(model)
    ? ['max_tokens', 'max_completion_tokens']
    : traits.legacyMaxTokens
      ? ['max_completion_tokens', 'max_tokens']
      : []
  if (from === undefined || to === undefined || body[from] === undefined) return { ...body }
  const { [from]: value, ...rest } = body
  return { [to]: value, ...rest }
}

/**
 * Sends thinking as a switch without a budget. An effort other than `none` switches it on, and is
 * sent too, because the provider supports both.
 */
function withThinkingSwitch({ thinking, reasoning_effort, ...params }: JsonObject): JsonObject {
  const given = isJsonObject(thinking) ? thinking.type : undefined
  const effort = reasoning_effort === 'none' ? undefined : (reasoning_effort ?? undefined)
  const asked =
    reasoning_effort === 'none' ? 'disabled' : effort === undefined ? undefined : 'enabled'
  const type = given === 'adaptive' ? 'enabled' : (given ?? asked)
  return {
    ...params,
    ...(type !== undefined && { thinking: { type } }),
    ...(effort !== undefined && type !== 'disabled' && { reasoning_effort: effort }),
  }
}
