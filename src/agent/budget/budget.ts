import { untilAborted } from '../../util/until-aborted.js'
import { AgentError } from '../errors.js'
import type { LimitHit, Limits } from '../limits.js'
import type { Usage } from '../metrics/usage.js'
import type { CallBudget, CallGrant, CallNeed } from '../model.js'

/** The limits that a run shares with the runs its tools start. */
export type SharedLimit = 'maxCostUsd' | 'maxTotalTokens' | 'maxOutputTokens'

type Amounts = Record<SharedLimit, number>

const sharedLimits: SharedLimit[] = ['maxCostUsd', 'maxTotalTokens', 'maxOutputTokens']
const nothing: Readonly<Amounts> = { maxCostUsd: 0, maxTotalTokens: 0, maxOutputTokens: 0 }

/**
 * What one run and the runs below it may spend together, within what the runs above it may. Each
 * model call reserves the most it can take before it is sent, so that calls side by side cannot
 * exceed together what is left.
 */
export class Budget {
  private readonly caps: [SharedLimit, number][]
  private readonly path: Budget[]
  private spent = nothing
  private reserved = nothing
  private callsInFlight = 0
  /** A call was made that nobody can tell the cost of. */
  private costUnknown = false
  /** Calls that wait for others to tell what they really took; the outermost budget holds them. */
  private waiting: (() => void)[] = []

  constructor(limits: Limits, parent?: Budget) {
    this.caps = sharedLimits.flatMap((name) => {
      const max = limits[name]
      return max === undefined ? [] : [[name, max] as [SharedLimit, number]]
    })
    const above = parent?.path ?? []
    this.path = this.caps.length > 0 ? [this, ...above] : above
  }

  /** For one model call; `undefined`: nothing is capped, so that there is nothing to hold. */
  openCall(): CallReservation | undefined {
    return this.path.length > 0 ? new CallReservation(this) : undefined
  }

  /** The limit that is used up, this run's own first. */
  exhausted(): LimitHit | undefined {
    for (const budget of this.path)
      for (const [name, max] of budget.caps) {
        const spent = name === 'maxCostUsd' && budget.costUnknown ? null : budget.spent[name]
        // A cost that cannot be known cannot be held under a cap: the run stops rather than hope.
        if (spent === null || spent >= max) return { name, max, spent }
      }
    return undefined
  }

  /** What is left of each limit that is set, here or above, without what calls under way hold. */
  remaining(): Partial<Amounts> {
    const left: Partial<Amounts> = {}
    for (const budget of this.path)
      for (const [name, max] of budget.caps)
        left[name] = Math.min(left[name] ?? Infinity, Math.max(0, budget.leftOf(name, max)))
    return left
  }

  /** Counts what a call, or a run elsewhere, has taken. */
  spend(amounts: Amounts | { usage: Usage | null; costUsd: number | null }): void {
    const taken = 'usage' in amounts ? amountsOf(amounts) : amounts
    for (const budget of this.path) {
      budget.spent = plus(budget.spent, taken)
      if ('usage' in amounts && amounts.costUsd === null) budget.costUnknown = true
    }
  }

  /** Fails where others have used up a limit, or their cost is not known, since the run last looked. */
  failIfExhausted(): void {
    const hit = this.exhausted()
    if (hit) throw refusal(hit)
  }

  /** Waits while calls side by side hold what this one needs; then takes what there is. */
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
    return { grant: { outputTokens, ...(limit && { limitedBy: limit }) }, held }
  }

  release(held: Amounts): void {
    this.hold(held, -1)
    for (const wake of this.outermost.waiting.splice(0)) wake()
  }

  /** The longest answer that fits everywhere; `limit`, where it is shorter than was asked for. */
  private fit(need: CallNeed): Fit {
    let fit: Fit = { outputTokens: need.outputTokens, by: this }
    for (const by of this.path)
      for (const [limit, max] of by.caps) {
        const outputTokens = longestAnswer(limit, by.leftOf(limit, max), need)
        if (outputTokens < fit.outputTokens) fit = { outputTokens, limit, by }
      }
    return fit
  }

  /** A call that nothing bounds must be the only one under a cap: it may take all there is. */
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
    // Without an end to the answer there is no cap on it either.
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
      // Sums of fractions leave crumbs behind.
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
      message: `What an earlier model call cost is unknown, so that ${name} cannot be held.`,
      hint: `Use a model with a known price, or leave limits.${name} out.`,
    })
  const left = Math.max(0, max - spent)
  const what = name === 'maxCostUsd' ? `cost more than the $${left}` : `be longer than the ${left}`
  return new AgentError({
    ...fields,
    message: `One more model call could ${what} that ${name} leaves.`,
    hint: `Raise limits.${name}, shorten the prompt, or use a cheaper model.`,
  })
}

interface Fit {
  outputTokens: number
  /** What makes it so short, and whose it is. */
  limit?: SharedLimit
  by: Budget
}

/** One model call's hold on its run's budget, from before it is sent until its price is known. */
export class CallReservation implements CallBudget {
  private held: Amounts | undefined
  private priced = false
  private bounded = false
  private tried = false

  constructor(private readonly budget: Budget) {}

  async reserve(need: CallNeed, signal: AbortSignal): Promise<CallGrant> {
    this.free()
    // A call that is made again goes on, whatever became of its first try.
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

  /** Counts what the call took: where nobody told, the most it could have been. */
  settle({ usage, costUsd }: { usage: Usage | null; costUsd: number | null }): void {
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

/** Whether a call may take whatever it likes of a limit: then only the next one can be stopped. */
function unbounded(limit: SharedLimit, { price, asked }: CallNeed): boolean {
  return limit === 'maxCostUsd' ? price === null : !asked
}

/** The longest answer that one limit allows with so much left of it. */
function longestAnswer(limit: SharedLimit, left: number, need: CallNeed): number {
  const { inputTokens, price } = need
  if (unbounded(limit, need)) return left > 0 ? Number.POSITIVE_INFINITY : 0
  if (limit === 'maxOutputTokens') return left
  // How long the input is can only be guessed: no call is refused for a guess.
  if (limit === 'maxTotalTokens') return left > inputTokens ? left - inputTokens : left
  const { input, perOutputToken } = price ?? { input: 0, perOutputToken: 0 }
  const forOutput = left - input
  if (perOutputToken === 0) return forOutput < 0 ? 0 : Number.POSITIVE_INFINITY
  return Math.floor(forOutput / perOutputToken)
}

function amountsOf({ usage, costUsd }: { usage: Usage | null; costUsd: number | null }): Amounts {
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

/** The limit that forbids one more model call, if any. */
export function limitReached(
  { maxCycles: max }: Limits,
  cycles: number,
  budget: Budget,
): LimitHit | undefined {
  if (max !== undefined && cycles >= max) return { name: 'maxCycles', max, spent: cycles }
  return budget.exhausted()
}
