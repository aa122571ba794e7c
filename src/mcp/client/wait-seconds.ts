/** Stays below the 60 s after which most clients time out. */
const standard = 45

/** How long a client waits. Some clients restart their timeout with each progress notification. */
interface WaitPolicy {
  withoutProgress: number
  withProgress: number
}

/** The clients that are known to wait longer, by the name in their clientInfo. */
const knownClients = new Map<string, WaitPolicy>([
  ['claude-code', { withoutProgress: 240, withProgress: 600 }],
  ['Visual Studio Code', { withoutProgress: 240, withProgress: 240 }],
  ['Visual Studio Code - Insiders', { withoutProgress: 240, withProgress: 240 }],
])

/** Returns how long a call waits for its run if it has no `waitSeconds`. */
export function defaultWaitSeconds(client: string | undefined, hearsProgress: boolean): number {
  const known = client === undefined ? undefined : knownClients.get(client)
  if (!known) return standard
  return hearsProgress ? known.withProgress : known.withoutProgress
}
