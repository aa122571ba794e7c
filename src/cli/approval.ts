import type { ApprovalDecision, ApprovalRequest } from '../agent/tools/approval.js'
import { harmless } from './terminal.js'

const askable = process.stdin.isTTY === true && process.stderr.isTTY === true

/**
 * Asks the person at the terminal about a tool call. Where there is none, the answer is no; when
 * `stopped` comes first, there is nothing left to ask.
 */
export async function decide(
  { toolName, input }: ApprovalRequest,
  allowed: boolean,
  stopped: AbortSignal,
): Promise<ApprovalDecision> {
  if (allowed) return { approved: true }
  const call = harmless(`${toolName} ${JSON.stringify(input)}`)
  if (!askable) {
    process.stderr.write(
      `Not allowed, for nobody can be asked: ${call}. --yes allows such calls.\n`,
    )
    return { approved: false, reason: 'nobody could be asked' }
  }
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // At the prompt Ctrl-C is the terminal's: it is to mean what it means everywhere.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await terminal.question(`Allow ${call}? [y/N] `, { signal: stopped })
    return { approved: /^y(es)?$/i.test(answer.trim()) }
  } catch (error) {
    if (!stopped.aborted) throw error
    return { approved: false, reason: 'the run was stopped' }
  } finally {
    terminal.close()
  }
}
