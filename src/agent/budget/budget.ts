import { untilAborted } from '../../util/until-aborted.js'
import { AgentError } from '../errors.js'
import type { LimitHit, Limits } from '../limits.js'
import type { Spending } from '../metrics/types.js'
import type { CallBudget, CallGrant, CallNeed } from '../model.js'

/** The limits that a run shares with the runs that its tools start. */
export type SharedLimit = 'maxCostUsd' | 'maxTotalTokens' | 'maxOutputTokens'

type Amounts = Record<SharedLimit, number>

const sharedLimits: SharedLimit[] = ['maxCostUsd', 'maxTotalTokens', 'maxOutputTokens']
const nothing: Readonly<Amounts> = { maxCostUsd: 0, maxTotalTokens: 0, maxOutputTokens: 0 }

/**
 * Tracks what one run and the runs below it may spend together, within the budgets of the runs above
 * it. Each model call reserves the most it can use before it is sent, so that parallel calls cannot
 * exceed the remaining budget together.
 */
export class Budget {
  private readonly caps: [SharedLimit, number][]
  private readonly path: Budget[]
  private spent = nothing
  private reserved = nothing
  private callsInFlight = 0
  /** True if a call was made whose cost is unknown. */
  private costUnknown = false
  /** Calls that wait until other calls report what they used. Only the outermost budget holds them. */
  private waiting: (() => void)[] = []

  constructor(limits: Limits, parent?: Budget) {
    this.caps = sharedLimits.flatMap((name) => {
      const max = limits[name]
      return max === undefined ? [] : [[name, max] as [SharedLimit, number]]
    })
    const above = parent?.path ?? []
    this.path = this.caps.length > 0 ? [this, ...above] : above
  }

  /** Opens a reservation for one model call. Returns `undefined` if no limit is set. */
  openCall(): CallReservation | undefined {
    return this.path.length > 0 ? new CallReservation(this) : undefined
  }

  /** Returns a limit that is used up, this run's own first. */
  exhausted(): LimitHit | undefined {
    for (const budget of this.path)
      for (const [name, max] of budget.caps) {
        const spent = name === 'maxCostUsd' && budget.costUnknown ? null : budget.spent[name]
        // An unknown cost cannot be checked against a limit, so the run stops.
        if (spent === null || spent >= max) return { name, max, spent }
      }
    return undefined
  }

  /** Returns a limit that the run has exceeded, this run's own first. */
  exceeded(): LimitHit | undefined {
    for (const { caps, spent } of this.path)
      for (const [name, max] of caps)
        if (spent[name] > max) return { name, max, spent: spent[name] }
    return undefined
  }

  /** Returns what is left of each limit set here or above, less what running calls have reserved. */
  remaining(): Partial<Amounts> {
    const left: Partial<Amounts> = {}
    for (const budget of this.path)
      for (const [name, max] of budget.caps)
        left[name] = Math.min(left[name] ?? Infinity, Math.max(0, budget.leftOf(name, max)))
    return left
  }

  /** Counts what a call, or a run in another process, used. */
  spend(amounts: Amounts | Spending): void {
    const taken = 'usage' in amounts ? amountsOf(amounts) : amounts
    for (const budget of this.path) {
      budget.spent = plus(budget.spent, taken)
      if ('usage' in amounts && amounts.costUsd === null) budget.costUnknown = true
    }
  }

  /** Throws `limitReached` if parallel calls have used up a limit, or if the cost of one is unknown. */
  failIfExhausted(): void {
    const hit = this.exhausted()
    if (hit) throw refusal(hit)
  }

  /** Waits while parallel calls reserve what this call needs, then reserves what is left. */
  async take(need: CallNeed, signal: AbortSignal): Promise<{ grant: CallGrant; held: Amounts }> {
    let fit = this.fit(need)
    while (this.mustWait(need, fit)) {
      await this.change(signal)
      this.failIfExhausted()
      fit = this.fit(need)
    }
    const { outputTokens, limit, by } = fit
    if (limit && outputTokens < need.leastOutputTokens) throw refusal(by.hit(limit))
    const held = this.claim(need, outputTokens)
    this.hold(held, 1)
    const unenforced = this.unenforced(need)
    const grant = {
      outputTokens,
      ...(limit && { limitedBy: limit }),
      ...(unenforced && { unenforced }),
    }
    return { grant, held }
  }

  release(held: Amounts): void {
    this.hold(held, -1)
    for (const wake of this.outermost.waiting.splice(0)) wake()
  }

  /** Returns the longest output that fits every limit, with the `limit` that shortens it, if one does. */
  private fit(need: CallNeed): Fit {
    let fit: Fit = { outputTokens: need.outputTokens, by: this }
    for (const by of this.path)
      for (const [limit, max] of by.caps) {
        const outputTokens = longestAnswer(limit, by.leftOf(limit, max), need)
        if (outputTokens < fit.outputTokens) fit = { outputTokens, limit, by }
      }
    return fit
  }

  private unenforced(need: CallNeed): SharedLimit | undefined {
    const names = this.path.flatMap(({ caps }) => caps.map(([name]) => name))
    return names.find((name) => unbounded(name, need))
  }

  /** An unbounded call must run alone under a limit, because it may use all that is left. */
  private mustWait(need: CallNeed, { limit, by }: Fit): boolean {
    if (limit && by.callsInFlight > 0) return true
    return this.path.some(
      ({ callsInFlight, caps }) =>
        callsInFlight > 0 && caps.some(([name]) => unbounded(name, need)),
    )
  }

  private claim(need: CallNeed, outputTokens: number): Amounts {
    const left = this.remaining()
    const { inputTokens, price } = need
    // An output without a known maximum is not reserved here; `unbounded` below covers it.
    const output = Number.isFinite(outputTokens) ? outputTokens : 0
    const most: Amounts = {
      maxOutputTokens: output,
      maxTotalTokens: inputTokens + output,
      maxCostUsd: price ? price.input + output * price.perOutputToken : 0,
    }
    for (const name of sharedLimits) if (unbounded(name, need)) most[name] = left[name] ?? 0
    return most
  }

  private hold(amounts: Amounts, times: 1 | -1): void {
    for (const budget of this.path) {
      budget.callsInFlight += times
      budget.reserved = plus(budget.reserved, amounts, times)
      // Resets the rounding errors of floating-point sums.
      if (budget.callsInFlight === 0) budget.reserved = nothing
    }
  }

  private async change(signal: AbortSignal): Promise<void> {
    const { aborted, stop } = untilAborted(signal)
    const changed = new Promise<void>((resolve) => this.outermost.waiting.push(resolve))
    await Promise.race([changed, aborted]).finally(stop)
  }

  private get outermost(): Budget {
    return this.path.at(-1) ?? this
  }

  private leftOf(name: SharedLimit, max: number): number {
    return max - this.spent[name] - this.reserved[name]
  }

  private hit(name: SharedLimit): LimitHit {
    const max = this.caps.find(([cap]) => cap === name)?.[1] ?? 0
    return { name, max, spent: this.spent[name] }
  }
}

function refusal(limit: LimitHit): AgentError {
  const { name, max, spent } = limit
  const fields = { code: 'limitReached', unsent: true, limit } as const
  if (spent === null)
    return new AgentError({
      ...fields,
      message: `The cost of an earlier model call is unknown, so ${name} cannot be enforced.`,
      hint: `Use a model with a known price, or omit limits.${name}.`,
    })
  const left = Math.max(0, max - spent)
  const what = name === 'maxCostUsd' ? `cost more than the $${left}` : `use more than the ${left}`
  return new AgentError({
    ...fields,
    message: `One more model call could ${what} left of ${name}.`,
    hint: `Raise limits.${name}, shorten the prompt, or use a cheaper model.`,
  })
}

interface Fit {
  outputTokens: number
  /** The limit that shortens the output, and the budget it belongs to. */
  limit?: SharedLimit
  by: Budget
}

/** One model call's reservation, from before the call is sent until its cost is known. */
export class CallReservation implements CallBudget {
  private held: Amounts | undefined
  private priced = false
  private bounded = false
  private tried = false

  constructor(private readonly budget: Budget) {}

  async reserve(need: CallNeed, signal: AbortSignal): Promise<CallGrant> {
    this.free()
    // A retry continues even if the first attempt used up a limit.
    if (!this.tried) this.budget.failIfExhausted()
    this.tried = true
    const { grant, held } = await this.budget.take(need, signal)
    this.held = held
    this.priced = need.price !== null
    return grant
  }

  brokeOff(): void {
    this.settle({ usage: null, costUsd: null })
  }

  /** Counts what the call used or, if that is unknown, the most it could have used. */
  settle({ usage, costUsd }: Spending): void {
    if (costUsd !== null) this.budget.spend({ usage, costUsd })
    else if (this.held && this.priced) this.budget.spend(this.held)
    else if (!this.bounded) this.budget.spend({ usage, costUsd })
    this.bounded = this.held !== undefined && this.priced
    this.free()
  }

  private free(): void {
    if (this.held) this.budget.release(this.held)
    this.held = undefined
  }
}

/** Whether nothing bounds what the call uses of a limit, so that only the next call can be stopped. */
function unbounded(limit: SharedLimit, { price }: CallNeed): boolean {
  return limit === 'maxCostUsd' && price === null
}

/** Returns the longest output that one limit allows, given what is left of it. */
function longestAnswer(limit: SharedLimit, left: number, need: CallNeed): number {
  const { inputTokens, minInputTokens, price } = need
  if (unbounded(limit, need)) return left > 0 ? Number.POSITIVE_INFINITY : 0
  if (limit === 'maxOutputTokens') return left
  // The input length is an estimate, so that a call is refused only if its lower bound is too long.
  if (limit === 'maxTotalTokens') return left > minInputTokens ? Math.max(1, left - inputTokens) : 0
  const { input, perOutputToken } = price ?? { input: 0, perOutputToken: 0 }
  const forOutput = left - input
  if (perOutputToken === 0) return forOutput < 0 ? 0 : Number.POSITIVE_INFINITY
  return Math.floor(forOutput / perOutputToken)
}

function amountsOf({ usage, costUsd }: Spending): Amounts {
  return {
    maxCostUsd: costUsd ?? 0,
    maxTotalTokens: usage?.totalTokens ?? 0,
    maxOutputTokens: usage?.outputTokens ?? 0,
  }
}

function plus(one: Amounts, other: Amounts, times = 1): Amounts {
  return {
    maxCostUsd: one.maxCostUsd + times * other.maxCostUsd,
    maxTotalTokens: one.maxTotalTokens + times * other.maxTotalTokens,
    maxOutputTokens: one.maxOutputTokens + times * other.maxOutputTokens,
  }
}

/** Returns the limit that forbids one more model call, if there is one. */
export function limitReached(
  { maxCycles: max }: Limits,
  cycles: number,
  budget: Budget,
): LimitHit | undefined {
  if (max !== undefined && cycles >= max) return { name: 'maxCycles', max, spent: cycles }
  return budget.exhausted()
}
