import { errorAfter } from '../faults/streams.js'
import {
  defaultReply,
  errorStep,
  type FakeProvider,
  type ModelRequest,
  type Step,
} from '../helpers/fake-provider/index.js'
import type { Random } from '../helpers/random.js'
import type { Ledger } from './ledger.js'

/** What befalls a call at the provider; the prompt names it, and the call. */
export type Fate =
  | 'well'
  | 'slow'
  | 'refused'
  | 'unavailable'
  | 'reset'
  | 'resetLater'
  | 'errorEvent'
  | 'hang'
  | 'hangLater'

export function marked(fate: Fate, call: string, words = 'Hello'): string {
  return `[${fate}] <${call}> ${words}`
}

/** Answers every request after about so many milliseconds, as the prompt wants it. */
export function scripted(fake: FakeProvider, ledger: Ledger, random: Random, paceMs: number): void {
  const answer = (request: ModelRequest): Step => {
    fake.script(answer)
    const [, fate, call = ''] = /\[(\w+)\] <(\w+)>/.exec(request.lastUserText) ?? []
    const usual = { ...defaultReply(request), delayMs: paceMs * (0.5 + random.next()) }
    const later = request.toolResults.length > 0
    const { step, struck } = fated(fate as Fate, usual, request, later, ledger.asked(call))
    ledger.note(request, call, struck)
    return step
  }
  fake.script(answer)
}

function fated(
  fate: Fate,
  usual: Step,
  { stream }: ModelRequest,
  later: boolean,
  asked: number,
): { step: Step; struck: boolean } {
  const well = { step: usual, struck: false }
  const broken = (step: Step) => ({ step: { ...usual, ...step }, struck: true })
  switch (fate) {
    case 'slow':
      return { step: { ...usual, betweenChunksMs: 200 }, struck: false }
    case 'refused':
      return { step: errorStep(429, undefined, { 'retry-after': '0' }), struck: true }
    case 'unavailable':
      return asked > 0 ? well : { step: errorStep(503), struck: true }
    case 'reset':
      return broken({ end: 'reset' })
    case 'resetLater':
      return later ? broken({ end: 'reset' }) : well
    case 'errorEvent':
      // One JSON reply has no events.
      return stream ? broken({ rewrite: errorAfter }) : well
    case 'hang':
      return broken({ end: 'hang' })
    case 'hangLater':
      return later ? broken({ end: 'hang' }) : well
    default:
      return well
  }
}
