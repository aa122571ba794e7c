import { type ErrorCode, errorCodes } from '../agent/error-codes.js'
import type { StopReason } from '../agent/messages/content.js'

export const wrongCommandLine = 2
const firstErrorCode = 3
const interrupted = 130

/** Each error code has its own, from 3 in the order of the list; being stopped is 130, as by a signal. */
export function exitCodeOf(code: ErrorCode): number {
  return code === 'cancelled' ? interrupted : firstErrorCode + errorCodes.indexOf(code)
}

/** Of a run that ended without an error. */
export function exitCodeOfStop(stopReason: StopReason): number {
  switch (stopReason) {
    case 'cancelled':
      return interrupted
    case 'limitReached':
      return exitCodeOf('limitReached')
    case 'contentFiltered':
      return exitCodeOf('contentPolicy')
    default:
      return 0
  }
}

/** Code and name of every exit, in order. */
export function exitCodes(): [number, string][] {
  const failures = errorCodes.map((code): [number, string] => [exitCodeOf(code), code])
  return [[0, 'the run has its answer'], [1, 'a fault'], [2, 'a wrong command line'], ...failures]
}

/** For --help, in two columns. */
export function exitCodesText(): string {
  const cells = exitCodes().map(([code, name]) => `${String(code).padStart(5)}  ${name}`)
  const half = Math.ceil(cells.length / 2)
  const rows = cells.slice(0, half).map((left, row) => left.padEnd(32) + (cells[half + row] ?? ''))
  return `${rows.map((row) => row.trimEnd()).join('\n')}\n`
}
