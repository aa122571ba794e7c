import {
  createRequestStateCodec,
  type InputRequest,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpRequestContext,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { PendingApproval, RunEngine, RunRecord } from '../../runs/engine.js'
import { showsForms } from '../client/identity.js'
import type { Asking, Within } from '../tool-call.js'

/** What a client carries between a question and its answer: signed, and good for a while. */
interface Question {
  runId: string
}

export type QuestionCodec = RequestStateCodec<Question>

/** Signs for one principal, so that nobody answers what somebody else was asked. */
export function questionCodec(
  key: Uint8Array,
  principal: string,
  ttlSeconds: number,
): QuestionCodec {
  return createRequestStateCodec<Question>({
    key,
    ttlSeconds,
    bind: ({ mcpReq }) => JSON.stringify([mcpReq.method, principal]),
  })
}

export function askingOf(
  server: Server,
  context: ServerContext,
  era: McpRequestContext['era'],
  codec: () => QuestionCodec,
): Asking {
  const { mcpReq } = context
  const runId = mcpReq.requestState<Question>()?.runId
  const withinCall = era === 'legacy'
  return {
    able: showsForms(server, context),
    withinCall,
    runId,
    decide: async (runs, principal) =>
      runId === undefined || takeAnswers(runs, runId, principal, mcpReq.inputResponses),
    ask: async (record, within) =>
      withinCall
        ? askWithinCall(record, within, mcpReq)
        : inputRequired({
            inputRequests: approvalForms(record),
            requestState: await codec().mint({ runId: record.runId }, context),
          }),
  }
}

async function askWithinCall(
  record: RunRecord,
  { runs, principal, signal, timeoutMs: timeout }: Within,
  mcpReq: ServerContext['mcpReq'],
): Promise<boolean> {
  // Who wants no wait wants no form.
  if (timeout <= 0) return false
  const answered = async ([toolUseId, { method, params }]: [string, InputRequest]) => {
    try {
      const answer = await mcpReq.send({ method, params: { ...params } }, { signal, timeout })
      return takeAnswers(runs, record.runId, principal, { [toolUseId]: answer })
    } catch {
      // It has not answered, or with an error: what waits can still be decided by a tool.
      return false
    }
  }
  const all = await Promise.all(Object.entries(approvalForms(record)).map(answered))
  return all.every(Boolean)
}

/** Takes what a person said in forms; whether they said something in each. */
export async function takeAnswers(
  runs: RunEngine,
  runId: string,
  principal: string,
  responses: Record<string, unknown> | undefined,
): Promise<boolean> {
  let all = true
  for (const toolUseId of Object.keys(responses ?? {})) {
    const answer = inputResponse(responses, toolUseId)
    if (answer.kind !== 'elicit' || answer.action === 'cancel') all = false
    else await runs.decide(runId, principal, toolUseId, decisionOf(answer))
  }
  return all
}

/** One form for each tool call that waits. */
export function approvalForms({ agent, approvals = [] }: RunRecord): InputRequests {
  const form = (approval: PendingApproval) =>
    inputRequired.elicit({
      message: question(agent, approval),
      requestedSchema: {
        type: 'object',
        properties: {
          allow: { type: 'boolean', title: 'Allow this call', default: false },
          reason: { type: 'string', title: 'Why, or what to do instead', maxLength: 1_000 },
        },
        required: ['allow'],
      },
    })
  return Object.fromEntries(approvals.map((approval) => [approval.toolUseId, form(approval)]))
}

/** What a person said in a form: to accept the form is not yet to allow the call. */
function decisionOf({
  action,
  content = {},
}: {
  action: string
  content?: Record<string, unknown>
}) {
  const { allow, reason } = content
  return {
    approved: action === 'accept' && allow === true,
    ...(typeof reason === 'string' && reason !== '' && { reason: reason.slice(0, 1_000) }),
  }
}

const shownChars = 2_000

function question(agent: string, { input, toolName }: PendingApproval): string {
  const who = agent === '' ? 'The agent' : `The agent ${agent}`
  const text = JSON.stringify(input, null, 1)
  const cut = text.length > shownChars ? `${text.slice(0, shownChars).toWellFormed()}…` : text
  return `${who} wants to call ${toolName} with ${cut}`
}
