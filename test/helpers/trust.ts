import { appendFileSync } from 'node:fs'

/** `npm run trust`: everything. Else a slice of it. */
export const trusting = process.env.TRUST === '1'

/** What a suite has to show: one line of JSON, on stdout and in the file that TRUST_REPORT names. */
export function reportTrust(
  suite: string,
  numbers: Readonly<Record<string, number | string>>,
  table: readonly string[] = [],
): void {
  const line = JSON.stringify({ suite, ...numbers })
  process.stdout.write(`${line}\n`)
  const file = process.env.TRUST_REPORT
  if (file) appendFileSync(file, `${JSON.stringify({ suite, numbers, table })}\n`)
}
