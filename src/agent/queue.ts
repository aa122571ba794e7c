/** What several writers put in and one reader takes out, in order. */
export class Queue<Item> {
  private readonly items: Item[] = []
  private wake: (() => void) | undefined

  push(item: Item): void {
    this.items.push(item)
    this.wake?.()
  }

  /** Waits for one where there is none. */
  async next(): Promise<Item> {
    while (true) {
      const item = this.items.shift()
      if (item !== undefined) return item
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }
}
