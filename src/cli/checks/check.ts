import { AgentError } from '../../agent/errors.js'

/** What was looked at, how it is, and where that is not well, what to do. */
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

/** Does it, and makes a problem of a failure. */
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

/** Of several failures at once, such as one for each address of a host, the first with words. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}
