/** Below the 60 s after which most clients give up, and cannot be told otherwise. */
const standard = 45

interface Patience {
  /** Without word from the run, and with it: some clients start their clock anew at each progress. */
  quiet: number
  told: number
}

/** Clients that are known to wait longer, by the name they give. */
const patient = new Map<string, Patience>([
  ['claude-code', { quiet: 240, told: 600 }],
  ['Visual Studio Code', { quiet: 240, told: 240 }],
  ['Visual Studio Code - Insiders', { quiet: 240, told: 240 }],
])

/** How long a call waits for its run where it does not say. */
export function defaultWaitSeconds(client: string | undefined, hearsProgress: boolean): number {
  const known = client === undefined ? undefined : patient.get(client)
  if (!known) return standard
  return hearsProgress ? known.told : known.quiet
}
