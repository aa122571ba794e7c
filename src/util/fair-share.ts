/**
 * Divides an amount that all principals share. One principal gets at most half of it. The last tenth
 * is left to those that hold little: each may always hold the guaranteed amount.
 */
export class FairShare {
  private readonly held = new Map<string, number>()
  private sum = 0

  constructor(
    private readonly total: number,
    private readonly guaranteed = 1,
  ) {}

  /** The most that one principal gets. */
  get most(): number {
    return Math.max(this.guaranteed, Math.floor(this.total / 2))
  }

  /** Takes an amount and returns true, or returns false if it is more than the principal may hold. */
  take(principal: string, amount = 1): boolean {
    const own = (this.held.get(principal) ?? 0) + amount
    const isOpen = own <= this.most && this.sum + amount <= this.total * 0.9
    if (own > this.guaranteed && !isOpen) return false
    this.held.set(principal, own)
    this.sum += amount
    return true
  }

  giveBack(principal: string, amount = 1): void {
    const own = (this.held.get(principal) ?? 0) - amount
    if (own > 0) this.held.set(principal, own)
    else this.held.delete(principal)
    this.sum -= amount
  }
}
