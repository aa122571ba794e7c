import { asAgentError } from '../agent/errors.js'
import type { CallBudget, ModelReply } from '../agent/model.js'
import { callNeed, withOutputLimit } from './cost-cap.js'
import type { Tell, Wire, WireCall } from './wires/wire.js'

/** One attempt under caps: it holds the most it can take, and its answer is shortened to what it got. */
export async function capped(
  call: WireCall,
  wire: Wire,
  budget: CallBudget,
  tell: Tell,
): Promise<ModelReply> {
  const { request, settings, info, signal } = call
  const { wire: wireName } = call.route
  const grant = await budget.reserve(callNeed(request, settings.body, info, wireName), signal)
  const { body, notice } = withOutputLimit(settings.body, grant, wireName)
  if (notice) await tell({ type: 'notice', message: notice })
  try {
    return await wire({ ...call, settings: { ...settings, body } }, tell)
  } catch (thrown) {
    const error = asAgentError(thrown)
    // Only an answer that says no is known to have cost nothing.
    if (!error.unsent && error.status === undefined) budget.brokeOff()
    throw error
  }
}
