import { AgentError } from '../../agent/errors.js'

/** The result of a check: what was checked, its status, and the fix if there is a problem. */
export interface Check {
  name: string
  status: 'ok' | 'warning' | 'problem'
  detail: string
  fix?: string
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail }
}

export function problem(name: string, detail: string, fix: string): Check {
  return { name, status: 'problem', detail, fix }
}

export function warning(name: string, detail: string, fix: string): Check {
  return { name, status: 'warning', detail, fix }
}

/** Runs a check, and returns a problem if it throws. */
export async function checked(
  name: string,
  fix: string,
  check: () => Promise<Check>,
): Promise<Check> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof AgentError) return problem(name, error.message, error.hint)
    return problem(name, reasonOf(error), fix)
  }
}

/** Returns the message of an error. Node reports one error for each address of a host; the first one counts. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}
