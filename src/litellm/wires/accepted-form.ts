import { AgentError } from '../../agent/errors.js'
import type { Route, Traits } from '../routes/route.js'
import { reasoningOrigin } from './reasoning-origin.js'
import { applies, type RefusalRule, refusalRules } from './refusals.js'
import type { Wire, WireCall } from './wire.js'

/** Bounds what is remembered in a process that serves many models. */
const maxLearned = 500

/** What the providers of routes have refused, by the origin of the route. */
const learned = new Map<string, Partial<Traits>>()
const changed = new WeakMap<Route, { traits: Partial<Traits>; route: Route }>()

/**
 * Returns a wire that sends a request in another form if the provider refuses its form. This is not
 * a retry: the provider did no work, and each form is sent once. A form is remembered for the model
 * and the host, so that later requests have it from the start.
 */
export function withAcceptedForm(wire: Wire): Wire {
  return async (given, emit) => {
    let call = inLearnedForm(given)
    let answered = false
    const used = new Set<RefusalRule>()
    while (true) {
      try {
        return await wire(call, (event) => {
          answered ||= event.type !== 'notice'
          return emit(event)
        })
      } catch (thrown) {
        const rule = answered ? undefined : ruleAfter(thrown, call, used)
        if (!rule) throw thrown
        call = changedCall(call, rule, used)
        await emit({
          type: 'notice',
          message: `The provider refused the request, so ${rule.change}.`,
        })
      }
    }
  }
}

/** Returns the rule that a refusal matches and that changes the request. */
function ruleAfter(
  thrown: unknown,
  call: WireCall,
  used: ReadonlySet<RefusalRule>,
): RefusalRule | undefined {
  if (!(thrown instanceof AgentError) || !isRefusal(thrown)) return undefined
  return refusalRules.find(
    (rule) =>
      rule.refusal.test(thrown.message) &&
      applies(rule, call) &&
      (rule.repeats || !used.has(rule)) &&
      (rule.omits !== undefined ||
        rule.adds !== undefined ||
        rule.traits?.(call.route) !== undefined),
  )
}

const refusals = new Set(['invalidRequest', 'unsupportedParams', 'providerError'])

/** A chat template that raises an error makes some servers answer with status 500. */
function isRefusal({ code, status = 400 }: AgentError): boolean {
  return refusals.has(code) && (status === 400 || status === 422 || status === 500)
}

function changedCall(call: WireCall, rule: RefusalRule, used: Set<RefusalRule>): WireCall {
  used.add(rule)
  const { route, settings } = call
  const traits = rule.traits?.(route)
  if (traits && !rule.once) learn(route, traits)
  const body = { ...settings.body, ...rule.adds }
  for (const name of rule.omits ?? []) delete body[name]
  return {
    ...call,
    ...(traits && { route: { ...route, traits: { ...route.traits, ...traits } } }),
    ...((rule.omits || rule.adds) && { settings: { ...settings, body } }),
  }
}

function learn(route: Route, traits: Partial<Traits>): void {
  const key = keyOf(route)
  const known = learned.get(key)
  learned.delete(key)
  learned.set(key, { ...known, ...traits })
  const [oldest] = learned.keys()
  if (learned.size > maxLearned && oldest !== undefined) learned.delete(oldest)
}

function inLearnedForm(call: WireCall): WireCall {
  const { route } = call
  const traits = learned.size === 0 ? undefined : learned.get(keyOf(route))
  if (!traits) return call
  const known = changed.get(route)
  if (known?.traits === traits) return { ...call, route: known.route }
  const inForm = { ...route, traits: { ...route.traits, ...traits } }
  changed.set(route, { traits, route: inForm })
  return { ...call, route: inForm }
}

function keyOf(route: Route): string {
  return `${route.wire} ${reasoningOrigin(route)}`
}
