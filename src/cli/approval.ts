import type { ApprovalDecision, ApprovalRequest } from '../agent/tools/approval.js'
import { describeCall } from '../util/describe-call.js'

const askable = process.stdin.isTTY === true && process.stderr.isTTY === true

/**
 * Asks the user at the terminal whether to allow a tool call. Without a terminal the call is refused. The
 * question ends when `stopped` aborts.
 */
export async function decide(
  { toolName, input }: ApprovalRequest,
  allowed: boolean,
  stopped: AbortSignal,
): Promise<ApprovalDecision> {
  if (allowed) return { approved: true }
  const call = describeCall(toolName, input)
  if (!askable) {
    process.stderr.write(
      `Refused, because there is no terminal to ask for approval: ${call}. Pass --yes to allow such calls.\n`,
    )
    return { approved: false, reason: 'there was no user to ask' }
  }
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // readline takes Ctrl-C for itself; it must stop the run as it does everywhere else.
  terminal.on('SIGINT', () => {
    process.stderr.write('\n')
    process.kill(process.pid, 'SIGINT')
  })
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
