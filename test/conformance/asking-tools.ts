import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { form, text } from './content.js'
import type { FixtureTool } from './plain-tools.js'

type Answer = CallToolResult | InputRequiredResult

/** Signs what the client carries from one round to the next. */
export type Mint = (state: object, context: ServerContext) => Promise<string>

const sampling = (question: string) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens: 100,
  })

const confirmation = () =>
  inputRequired.elicit({
    message: 'Please confirm',
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  })

const all = (): InputRequests => ({
  user_name: form('What is your name?', 'name'),
  greeting: sampling('Generate a greeting'),
  client_roots: inputRequired.listRoots(),
})

/** Tools that need an answer from the client's side before they have a result (SEP-2322). */
export function askingTools(mint: Mint): Record<string, FixtureTool<Answer>> {
  return {
    test_input_required_result_elicitation: {
      call: (_, { mcpReq }) => {
        const name = acceptedContent<{ name: string }>(mcpReq.inputResponses, 'user_name')?.name
        if (typeof name === 'string') return text(`Hello, ${name}!`)
        return inputRequired({ inputRequests: { user_name: form('What is your name?', 'name') } })
      },
    },
    test_input_required_result_sampling: asksOnce({ capital_question: sampling('Which capital?') }),
    test_input_required_result_list_roots: asksOnce({ client_roots: inputRequired.listRoots() }),
    test_missing_capability: asksOnce({ llm_answer: sampling('Reply with the single word: pong') }),
    test_input_required_result_request_state: signed({ confirm: confirmation() }),
    test_input_required_result_tampered_state: signed({ confirm: confirmation() }),
    test_input_required_result_multiple_inputs: signed(all()),
    test_input_required_result_multi_round: {
      call: async (_, context) => {
        const round = context.mcpReq.requestState<{ round: number }>()?.round ?? 0
        const question = [form('What is your name?', 'name'), form('Which colour?', 'color')][round]
        if (!question) return text('All rounds are done.')
        const state = { round: round + 1, nonce: crypto.randomUUID() }
        return inputRequired({
          inputRequests: { [`step${round + 1}`]: question },
          requestState: await mint(state, context),
        })
      },
    },
    test_input_required_result_capabilities: {
      call: (_, { mcpReq }) => {
        if (mcpReq.inputResponses) return text('Answered.')
        const envelope: Record<string, unknown> = mcpReq.envelope ?? {}
        const can = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
        const { user_name, greeting, client_roots } = all() as Required<InputRequests>
        return inputRequired({
          inputRequests: {
            ...(can?.elicitation && user_name && { user_name }),
            ...(can?.sampling && greeting && { greeting }),
            ...(can?.roots && client_roots && { client_roots }),
          },
        })
      },
    },
  }

  /** Holds the client to the state that it was given. */
  function signed(inputRequests: InputRequests): FixtureTool<Answer> {
    return {
      call: async (_, context) => {
        const { mcpReq } = context
        const answers = mcpReq.inputResponses ?? {}
        const complete = Object.keys(inputRequests).every((name) => name in answers)
        if (complete && mcpReq.requestState() !== undefined) return text('state-ok')
        const requestState = await mint({ nonce: crypto.randomUUID() }, context)
        return inputRequired({ inputRequests, requestState })
      },
    }
  }
}

function asksOnce(inputRequests: InputRequests): FixtureTool<Answer> {
  return {
    call: (_, { mcpReq }) => {
      const answers = mcpReq.inputResponses ?? {}
      const complete = Object.keys(inputRequests).every((name) => name in answers)
      return complete ? text(JSON.stringify(answers)) : inputRequired({ inputRequests })
    },
  }
}
