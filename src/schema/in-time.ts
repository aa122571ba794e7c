import { createContext, Script } from 'node:vm'

let sandbox: { context: { work?: () => unknown }; script: Script } | undefined

/** Work on a caller's data that was not done in time. */
export class TookTooLong extends Error {}

/**
 * Does synchronous work that a caller's data can make endless (a pattern, references upon
 * references), and stops it when the time is up. Fails with TookTooLong.
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
  // It is made in the other context, where Error is another class.
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}
