import { createContext, Script } from 'node:vm'

let sandbox: { context: { work?: () => unknown }; script: Script } | undefined

/** Thrown if work on a caller's data takes too long. */
export class TookTooLong extends Error {}

/**
 * Runs synchronous work that a caller's data can make endless, such as a pattern or nested
 * references. Stops it after `timeoutMs` and throws TookTooLong.
 */
export function inTime<T>(timeoutMs: number, work: () => T): T {
  sandbox ??= { context: createContext(Object.create(null)), script: new Script('work()') }
  const { context, script } = sandbox
  context.work = work
  try {
    return script.runInContext(context, { timeout: timeoutMs }) as T
  } catch (error) {
    throw isTimeout(error) ? new TookTooLong() : error
  } finally {
    delete context.work
  }
}

function isTimeout(error: unknown): boolean {
  // The error is created in the other context, where Error is a different class.
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}
