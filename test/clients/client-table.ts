/** The rows of docs/reliability.md: one for each client, with the transports over which it passed. */
export function clientTable() {
  const rows = new Map<string, { version: string; transports: string[]; did: string }>()
  return {
    add(client: string, version: string, transport: string, did: string): void {
      const row = rows.get(client) ?? { version, transports: [], did }
      row.transports.push(transport)
      rows.set(client, row)
    },
    size: () => rows.size,
    rows: (): string[] => [
      '| Client | Version | Passed over | What it did |',
      '|---|---|---|---|',
      ...[...rows].map(
        ([client, { version, transports, did }]) =>
          `| ${client} | ${version} | ${transports.join(', ')} | ${did} |`,
      ),
    ],
  }
}
