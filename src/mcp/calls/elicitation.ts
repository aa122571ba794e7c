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
import * as z from 'zod'
import type { ApprovalDecision } from '../../agent/tools/approval.js'
import type { PendingApproval, RunEngine, RunRecord } from '../../runs/engine.js'
import { describeCall } from '../../util/describe-call.js'
import { isJsonObject } from '../../util/json.js'
import { showsForms } from '../client/identity.js'
import type { ApprovalContext, Elicitor } from '../tool-call.js'
import { type ArgumentSchema, normalizeArguments } from '../tools/normalize-arguments.js'

/**
 * Holds the state that a client carries between a form and its response. It is signed, and expires.
 */
interface FormState {
  runId: string
}

export type FormStateCodec = RequestStateCodec<FormState>

/** Returns a codec that signs for one principal, so that no one answers the form of another. */
export function formStateCodec(
  key: Uint8Array,
  principal: string,
  ttlSeconds: number,
): FormStateCodec {
  return createRequestStateCodec<FormState>({
    key,
    ttlSeconds,
    bind: ({ mcpReq }) => JSON.stringify([mcpReq.method, principal]),
  })
}

/** Returns a call's way to show approval forms to the user of its client. */
export function createElicitor(
  server: Server,
  context: ServerContext,
  era: McpRequestContext['era'],
  codec: () => FormStateCodec,
): Elicitor {
  const { mcpReq } = context
  const runId = mcpReq.requestState<FormState>()?.runId
  const inline = era === 'legacy'
  return {
    supported: showsForms(server, context),
    inline,
    runId,
    decide: async (runs, principal) =>
      runId === undefined || takeAnswers(runs, runId, principal, mcpReq.inputResponses),
    ask: async (record, approval) =>
      inline
        ? askInline(record, approval, mcpReq)
        : inputRequired({
            inputRequests: approvalForms(record),
            requestState: await codec().mint({ runId: record.runId }, context),
          }),
  }
}

/**
 * This schema is looser than the SDK's own, which refuses `content: null` and null members of it.
 */
const answerSchema = z.looseObject({ action: z.string() })

async function askInline(
  record: RunRecord,
  { runs, principal, signal, timeoutMs: timeout }: ApprovalContext,
  mcpReq: ServerContext['mcpReq'],
): Promise<boolean> {
  // The call has no time left to wait for an answer, so it shows no form.
  if (timeout <= 0) return false
  const answered = async ([toolUseId, { method, params }]: [string, InputRequest]) => {
    try {
      const request = { method, params: { ...params } }
      const answer = await mcpReq.send(request, answerSchema, { signal, timeout })
      return takeAnswers(runs, record.runId, principal, { [toolUseId]: answer })
    } catch {
      // The client did not answer, or answered with an error. A tool can still pass the decision.
      return false
    }
  }
  const all = await Promise.all(Object.entries(approvalForms(record)).map(answered))
  return all.every(Boolean)
}

/** Passes the answers of forms to the run. Returns whether each form was answered. */
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

/** Returns one form for each tool call that waits. */
export function approvalForms({ agent, approvals = [] }: RunRecord): InputRequests {
  const form = ({ input, toolName }: PendingApproval) =>
    inputRequired.elicit({
      message: `${agent === '' ? 'The agent' : `The agent ${agent}`} wants to call ${describeCall(toolName, input)}`,
      requestedSchema: {
        type: 'object',
        properties: {
          allow: { type: 'boolean', title: 'Allow this call', default: true },
          reason: { type: 'string', title: 'Why, or what to do instead', maxLength: 1_000 },
        },
      },
    })
  return Object.fromEntries(approvals.map((approval) => [approval.toolUseId, form(approval)]))
}

const formSchema: ArgumentSchema = {
  type: 'object',
  properties: { allow: { type: 'boolean' }, reason: { type: 'string' } },
}

/**
 * Returns the decision of an answer. The action decides: some clients accept a form without content.
 * A user who accepts the form may still clear `allow` to refuse with a reason. Content that cannot be
 * read does not approve a call.
 */
function decisionOf({ action, content }: { action: string; content?: unknown }): ApprovalDecision {
  const isEmpty = content === undefined || (Array.isArray(content) && content.length === 0)
  const form = isEmpty ? {} : (normalizeArguments(content, formSchema) ?? {})
  if (!isJsonObject(form)) return { approved: false }
  const { allow = true, reason } = form
  return {
    approved: action === 'accept' && allow === true,
    ...(typeof reason === 'string' && reason !== '' && { reason: reason.slice(0, 1_000) }),
  }
}
