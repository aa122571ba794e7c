import { AgentError } from '../../agent/errors.js'
import type { Limits } from '../../agent/limits.js'
import type { RunAllowance } from './quotas.js'

/** Holds what a principal has spent today, and what its active runs have reserved. */
export interface DayAccount {
  runs: number
  spent: DayAmounts
  held: DayAmounts
}

export interface DayAmounts {
  tokens: number
  usd: number
}

/** A run without its own limit reserves the remaining budget divided by this. */
const usualShare = 2
/** A run reserves at least its prompt and this many tokens, whatever limit its caller names. */
const leastTokens = 256
/** A run reserves at least this much of a USD quota, if the operator names no other amount. */
const usualUnknownCostUsd = 0.05
const dayMs = 24 * 60 * 60 * 1000

export function newAccount(): DayAccount {
  return { runs: 0, spent: { tokens: 0, usd: 0 }, held: { tokens: 0, usd: 0 } }
}

/**
 * Returns what a run reserves of its principal's daily quotas. A run without its own limit reserves
 * the remaining budget divided by the runs that may still start. Every run reserves at least what one
 * call is assumed to use, because a run whose usage or cost stays unknown counts as its reservation.
 * It is a pure function. Fails with `rateLimit` or `budgetExceeded`.
 */
export function amountsToHold(
  account: DayAccount,
  limits: Limits,
  allowance: RunAllowance,
  { now, promptTokens }: { now: number; promptTokens: number },
): Partial<DayAmounts> {
  const { maxConcurrentRuns, tokensPerDay, usdPerDay, unknownCostUsd } = allowance
  const least = {
    tokens: promptTokens + leastTokens,
    usd: unknownCostUsd ?? usualUnknownCostUsd,
  }
  if (maxConcurrentRuns !== undefined && account.runs >= maxConcurrentRuns)
    throw tooManyRuns(maxConcurrentRuns)
  const share = maxConcurrentRuns === undefined ? usualShare : maxConcurrentRuns - account.runs
  const hold = (name: keyof DayAmounts, perDay: number, own: number | undefined) => {
    const free = perDay - account.spent[name] - account.held[name]
    const wanted = Math.min(Math.max(own ?? free / share, least[name]), free)
    const amount = name === 'tokens' ? Math.floor(wanted) : wanted
    if (amount > 0) return { [name]: amount }
    throw nothingLeft(name, perDay, account, now)
  }
  return {
    ...(tokensPerDay !== undefined && hold('tokens', tokensPerDay, limits.maxTotalTokens)),
    ...(usdPerDay !== undefined && hold('usd', usdPerDay, limits.maxCostUsd)),
  }
}

/** Returns a run's limits, lowered to what is reserved for it. */
export function withinHeld(limits: Limits, { tokens, usd }: Partial<DayAmounts>): Limits {
  return {
    ...limits,
    ...(tokens !== undefined && {
      maxTotalTokens: Math.min(tokens, limits.maxTotalTokens ?? tokens),
    }),
    ...(usd !== undefined && { maxCostUsd: Math.min(usd, limits.maxCostUsd ?? usd) }),
  }
}

export function dayOf(now: number): number {
  return Math.floor(now / dayMs)
}

function tooManyRuns(max: number): AgentError {
  return new AgentError({
    code: 'rateLimit',
    message: `You may have ${max} ${max === 1 ? 'run' : 'runs'} at once, and so many are in work.`,
    hint: 'Try again when one of them has ended.',
    retryable: true,
    unsent: true,
  })
}

function nothingLeft(
  name: keyof DayAmounts,
  perDay: number,
  { held, spent }: DayAccount,
  now: number,
): AgentError {
  const amount = (of: number) => (name === 'usd' ? `$${+of.toFixed(4)}` : `${of} tokens`)
  const message = `You may spend ${amount(perDay)} a day: ${amount(spent[name])} are spent, ${amount(held[name])} are held by your runs in work.`
  const minutes = Math.ceil(((dayOf(now) + 1) * dayMs - now) / 60_000)
  const tomorrow = `the next day, which begins at 00:00 UTC, in ${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const limit = name === 'usd' ? 'limits.maxCostUsd' : 'limits.maxTotalTokens'
  return new AgentError({
    code: 'budgetExceeded',
    message,
    hint:
      held[name] > 0
        ? `Try again when one of your runs has ended; runs with a smaller ${limit} hold less. Else wait for ${tomorrow}.`
        : `Wait for ${tomorrow}, or ask the operator for more.`,
    retryable: held[name] > 0,
    unsent: true,
  })
}
