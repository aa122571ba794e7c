import { type ErrorCode, errorCodes } from '../agent/error-codes.js'
import type { StopReason } from '../agent/messages/content.js'

export const usageErrorCode = 2
const firstErrorCode = 3
const interrupted = 130

/** Returns the exit code of an error: from 3 in the order of the list, and 130 if cancelled, as after a signal. */
export function exitCodeOf(code: ErrorCode): number {
  return code === 'cancelled' ? interrupted : firstErrorCode + errorCodes.indexOf(code)
}

/** Returns the exit code of a run that ended without an error. */
export function exitCodeOfStop(stopReason: StopReason): number {
  switch (stopReason) {
    case 'cancelled':
      return interrupted
    case 'limitReached':
      return exitCodeOf('limitReached')
    case 'contentFiltered':
      return exitCodeOf('contentPolicy')
    case 'endTurn':
    case 'toolUse':
    case 'maxTokens':
    case 'stopSequence':
    case 'interrupt':
      return 0
  }
}

/** Returns every exit code with its meaning, in order. */
export function exitCodes(): [number, string][] {
  const failures = errorCodes.map((code): [number, string] => [exitCodeOf(code), code])
  return [[0, 'success'], [1, 'internal error'], [usageErrorCode, 'usage error'], ...failures]
}

/** Returns the exit codes in two columns, for the help of run. */
export function exitCodesText(): string {
  const cells = exitCodes().map(([code, name]) => `${String(code).padStart(5)}  ${name}`)
  const half = Math.ceil(cells.length / 2)
  const rows = cells.slice(0, half).map((left, row) => left.padEnd(32) + (cells[half + row] ?? ''))
  return `${rows.map((row) => row.trimEnd()).join('\n')}\n`
}
