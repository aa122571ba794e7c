import * as z from 'zod'
import { strict } from './strict.js'

const wholePositive = z.int().positive()

export const runsSchema = strict({
  maxConcurrent: wholePositive.exactOptional().describe('The others wait for their turn.'),
  maxQueued: z.int().min(0).exactOptional().describe('Calls beyond them are refused.'),
  resultTtlSeconds: z
    .number()
    .positive()
    .exactOptional()
    .describe('How long get_run finds a run after its end.'),
  maxResults: wholePositive.exactOptional(),
  maxResultBytes: wholePositive.exactOptional(),
  approvalTimeoutSeconds: z
    .number()
    .positive()
    .exactOptional()
    .describe('How long a tool call waits for approval before it is refused.'),
  maxTextChars: wholePositive.exactOptional().describe('Longer answers are cut, with a link.'),
})

export interface RunsConfig {
  /** Runs that work at once, and that may wait for their turn. */
  maxConcurrent: number
  maxQueued: number
  /** How long, how many and how many bytes of ended runs are kept. */
  resultTtlSeconds: number
  maxResults: number
  maxResultBytes: number
  /** How long a tool call waits for approval before it is refused. */
  approvalTimeoutSeconds: number
  /** A longer answer is cut, with a link to the whole. */
  maxTextChars: number
}

export function resolveRuns(runs: z.output<typeof runsSchema>): RunsConfig {
  return {
    maxConcurrent: 256,
    maxQueued: 1024,
    resultTtlSeconds: 24 * 60 * 60,
    maxResults: 2000,
    maxResultBytes: 32 * 1024 * 1024,
    approvalTimeoutSeconds: 60 * 60,
    maxTextChars: 20_000,
    ...runs,
  }
}
