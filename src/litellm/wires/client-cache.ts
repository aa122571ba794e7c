/** A bounded store of vendors' clients, by what they are made of. The oldest goes first. */
export class ClientCache<Client> {
  private readonly clients = new Map<string, Client>()

  constructor(private readonly max = 64) {}

  get(parts: readonly unknown[], make: () => Client): Client {
    const key = JSON.stringify(parts)
    let client = this.clients.get(key)
    if (client === undefined) {
      client = make()
      const oldest = this.clients.size >= this.max ? this.clients.keys().next().value : undefined
      if (oldest !== undefined) this.clients.delete(oldest)
      this.clients.set(key, client)
    }
    return client
  }
}
