import type { ErrorCode } from '../../src/agent/error-codes.js'
import type { Outcome } from './bench.js'
import type { Fault, Route } from './faults.js'
import type { Situation } from './situations.js'

/** Failures that another model may not share. */
const worthAnother: readonly (ErrorCode | 'ok')[] = [
  'rateLimit',
  'providerError',
  'timeout',
  'connection',
]

interface Verdict {
  ends: Fault['ends']
  asked: number
  usage: { inputTokens: number; outputTokens: number }
  nextEnds: string
}

/** What must come of a fault. */
export function expected(
  fault: Fault,
  situation: Situation,
  route: Route,
  { billed }: Outcome,
): Verdict {
  const wire = route === 'proxy' ? 'openai' : route
  const ends = fault.differs?.[wire] ?? fault.ends
  const more = situation === 'second cycle' || (situation === 'extraction' && fault.noObject)
  const asked = more ? fault.asked + 1 : fault.asked
  // Behind a proxy it is the proxy that asks another.
  const another = situation === 'fallback' && route !== 'proxy' && !fault.delivered
  const told = fault.told?.[wire]
  const spared = another && worthAnother.includes(ends)
  return {
    ends: spared ? 'ok' : ends,
    asked: spared ? asked + 1 : asked,
    usage: ends === 'ok' || told === 'all' ? billed.all : told ? atStart(billed) : billed.spared,
    nextEnds: 'completed',
  }
}

function atStart({ all, spared }: Outcome['billed']) {
  return { inputTokens: all.inputTokens, outputTokens: spared.outputTokens + 1 }
}

/** What came of it. Usage that cannot be known counts for nothing. */
export function seen({ result, asked, next }: Outcome): Verdict {
  const { error, stopReason, usage } = result.structuredContent
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {}
  return {
    ends: error?.code ?? (stopReason === 'limitReached' ? stopReason : 'ok'),
    asked,
    usage: { inputTokens, outputTokens },
    nextEnds: next.structuredContent.status,
  }
}
