import type { Limits } from '../../agent/limits.js'
import type { Spending } from '../sessions/session-store.js'
import {
  amountsToHold,
  type DayAccount,
  type DayAmounts,
  dayOf,
  newAccount,
  withinHeld,
} from './day-budget.js'
import type { Admission, Quotas, RunAllowance } from './quotas.js'

/** Quotas in this process. They reset when the process restarts. */
export class MemoryQuotas implements Quotas {
  private readonly accounts = new Map<string, DayAccount>()
  private day = 0

  constructor(private readonly now: () => number = Date.now) {}

  async admit(
    principal: string,
    limits: Limits,
    allowance: RunAllowance,
    promptTokens = 0,
  ): Promise<Admission> {
    const { maxConcurrentRuns, tokensPerDay, usdPerDay } = allowance
    if (maxConcurrentRuns === undefined && tokensPerDay === undefined && usdPerDay === undefined)
      return { limits, settle: async () => {} }
    const now = this.now()
    this.startDay(dayOf(now))
    const account = this.accounts.get(principal) ?? newAccount()
    const held = amountsToHold(account, limits, allowance, { now, promptTokens })
    this.accounts.set(principal, account)
    account.runs++
    add(account.held, held, 1)
    return {
      limits: withinHeld(limits, held),
      settle: async (spent) => {
        // A run that spans midnight counts for the day on which it ends.
        this.startDay(dayOf(this.now()))
        account.runs--
        add(account.held, held, -1)
        add(account.spent, spentAmounts(spent, held), 1)
      },
    }
  }

  /** Resets the spending at the start of a day. Reservations of active runs remain. */
  private startDay(day: number): void {
    if (day === this.day) return
    this.day = day
    for (const [principal, account] of this.accounts) {
      account.spent = { tokens: 0, usd: 0 }
      if (account.runs === 0) this.accounts.delete(principal)
    }
  }
}

/** An unknown amount counts as the reserved amount. */
function spentAmounts({ usage, costUsd }: Spending, held: Partial<DayAmounts>): DayAmounts {
  return { tokens: usage?.totalTokens ?? held.tokens ?? 0, usd: costUsd ?? held.usd ?? 0 }
}

function add(to: DayAmounts, amounts: Partial<DayAmounts>, sign: 1 | -1): void {
  to.tokens += sign * (amounts.tokens ?? 0)
  to.usd += sign * (amounts.usd ?? 0)
}
