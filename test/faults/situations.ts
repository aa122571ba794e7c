import { defaultReply, type ModelRequest, type Step } from '../helpers/fake-provider/index.js'
import type { Fault } from './faults.js'

/** Where in a run the fault strikes. */
export const situations = ['fresh', 'second cycle', 'session', 'extraction', 'fallback'] as const
export type Situation = (typeof situations)[number]

export const spareModel = 'groq/spare'

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, rating: { type: 'integer' } },
  required: ['title', 'rating'],
}

/** The call that meets the fault. */
export function callOf(situation: Situation, fault: Fault, { id, modelId }: Case) {
  const args = {
    prompt: `[case ${id} struck] Grüß Gott, 🎉 zażółć!`,
    modelId,
    // A short answer that nobody listens to is asked for as one JSON reply.
    params: { max_tokens: 100 },
    ...(fault.stalls && { limits: { timeoutSeconds: 1 } }),
  }
  switch (situation) {
    case 'extraction':
      return { tool: 'structured_extract', args: { ...args, schema } }
    case 'fallback':
      return { tool: 'run_agent', args: { ...args, agent: 'spared', ...calculating } }
    case 'session':
      return { tool: 'run_agent', args: { ...args, sessionId: `s${id}`, ...calculating } }
    default:
      return { tool: 'run_agent', args: { ...args, ...calculating } }
  }
}

const calculating = { tools: ['calculator'] }

export interface Case {
  id: number
  modelId: string
}

/** What the provider would say if all were well, and whether the fault strikes this request. */
export function usually(
  situation: Situation,
  request: ModelRequest,
): { usual: Step; struck: boolean } {
  const secondCycle = situation === 'second cycle'
  if (secondCycle && request.toolResults.length === 0)
    return { usual: { toolCalls: [sum] }, struck: false }
  const struck = request.model !== 'spare'
  return { usual: defaultReply(request), struck }
}

const sum = { name: 'calculator', arguments: { expression: '2 + 2' } }
