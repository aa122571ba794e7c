import type { ErrorCode } from '../../src/agent/error-codes.js'
import {
  errorStep,
  type FakeProvider,
  type Step,
  type Wire,
} from '../helpers/fake-provider/index.js'
import * as streams from './streams.js'

/** The ways to a model: every wire, and the proxy, which speaks the first of them. */
export const routes = ['openai', 'proxy', 'responses', 'anthropic', 'bedrock', 'google'] as const
export type Route = (typeof routes)[number]

export interface Fault {
  name: string
  group: 'status' | 'connection' | 'stream' | 'answer' | 'tool call'
  /** What becomes of the answer that the provider would have given. */
  step: (usual: Step) => Step
  /** `ok`, or the code of the run's error. */
  ends: 'ok' | ErrorCode
  /** How often the provider is asked, where one retry is allowed. */
  asked: number
  /** Faulty only the first time it is asked. */
  once?: boolean
  /** The wires that have such a thing; all where nothing is said. */
  wires?: readonly Wire[]
  /** What a wire makes of it that the others do not. */
  differs?: Partial<Record<Wire, Fault['ends']>>
  /** The provider says no more: the run's clock ends it. */
  stalls?: boolean
  /** Answered with something, so that no other model is asked. */
  delivered?: boolean
  /** What a wire had told by then of the usage: Claude begins with its input and one token out. */
  told?: Partial<Record<Wire, 'start' | 'all'>>
  /** Where an object is wanted, the model is asked once more. */
  noObject?: boolean
}

const html = '<html><body><h1>502 Bad Gateway</h1></body></html>'
const sse: readonly Wire[] = ['openai', 'responses', 'anthropic', 'google']
/** Their last event says nothing that the events before it have not said. */
const closing: readonly Wire[] = ['openai', 'anthropic']
const openai: readonly Wire[] = ['openai']

function status(
  code: number,
  ends: ErrorCode,
  asked: number,
  more: { headers?: Record<string, string>; body?: string; name?: string } = {},
): Fault {
  const { headers, body, name = String(code) } = more
  return { name, group: 'status', step: () => errorStep(code, body, headers), ends, asked }
}

const statuses: Fault[] = [
  status(400, 'invalidRequest', 1),
  status(401, 'authentication', 1),
  status(403, 'permission', 1),
  status(404, 'modelNotFound', 1),
  status(408, 'timeout', 2),
  status(429, 'rateLimit', 2),
  status(429, 'rateLimit', 2, { name: '429, Retry-After: 0', headers: { 'retry-after': '0' } }),
  status(429, 'rateLimit', 1, {
    name: '429, Retry-After: 3600',
    headers: { 'retry-after': '3600' },
  }),
  status(500, 'providerError', 2),
  status(502, 'providerError', 2, {
    name: '502 with HTML',
    body: html,
    headers: { 'content-type': 'text/html' },
  }),
  status(503, 'providerError', 2),
  status(529, 'providerError', 2),
  { ...status(503, 'providerError', 2, { name: '503, then well' }), ends: 'ok', once: true },
]

const early: Step = { raw: { status: 200, body: '' }, end: 'reset' }

const connections: Fault[] = [
  {
    name: 'reset before the first byte',
    group: 'connection',
    step: () => early,
    ends: 'connection',
    asked: 2,
  },
  {
    name: 'reset before the first byte, then well',
    group: 'connection',
    step: () => early,
    ends: 'ok',
    asked: 2,
    once: true,
  },
  {
    name: 'reset in mid-stream',
    group: 'connection',
    step: (usual) => ({ ...usual, end: 'reset' }),
    told: { anthropic: 'start' },
    ends: 'connection',
    asked: 1,
    delivered: true,
  },
  {
    name: 'reset after the usage',
    group: 'connection',
    step: (usual) => ({ ...usual, end: 'reset', rewrite: streams.closedEarly }),
    ends: 'ok',
    asked: 1,
  },
]

const broken: Fault[] = [
  {
    name: 'stream without end',
    group: 'stream',
    step: (usual) => ({ ...usual, end: 'hang' }),
    told: { anthropic: 'start' },
    ends: 'limitReached',
    asked: 1,
    stalls: true,
  },
  {
    name: 'stall before the first token',
    group: 'stream',
    step: (usual) => ({ ...usual, end: 'hang', rewrite: streams.silent }),
    ends: 'limitReached',
    asked: 1,
    stalls: true,
  },
  {
    name: 'slow first token',
    group: 'stream',
    step: (usual) => ({ ...usual, firstChunkDelayMs: 700 }),
    ends: 'ok',
    asked: 1,
  },
  {
    name: 'no last event',
    group: 'stream',
    step: (usual) => ({ ...usual, end: 'noDone' }),
    ends: 'ok',
    asked: 1,
    wires: closing,
  },
  {
    name: 'no finish reason',
    group: 'stream',
    step: (usual) => ({ ...usual, stopReason: null }),
    told: { openai: 'all', bedrock: 'all', google: 'all' },
    ends: 'connection',
    asked: 1,
    delivered: true,
    // Its last event says that the message is whole.
    differs: { anthropic: 'ok' },
  },
  {
    name: 'error event at once',
    group: 'stream',
    step: (usual) => ({ ...usual, rewrite: streams.errorFirst }),
    ends: 'providerError',
    asked: 2,
  },
  {
    name: 'error event after text',
    group: 'stream',
    step: (usual) => ({ ...usual, rewrite: streams.errorAfter }),
    told: { anthropic: 'start' },
    ends: 'providerError',
    asked: 1,
    delivered: true,
  },
  ...(
    [
      ['comments, pings and unknown events', { rewrite: streams.pinged }],
      ['null deltas', { rewrite: streams.withNulls }],
      ['cut at every byte', { splitBytes: 1 }],
      ['UTF-8 across chunks', { splitBytes: 3 }],
    ] as const
  ).map(([name, change]): Fault => {
    const step = (usual: Step) => ({ ...usual, ...change })
    return { name, group: 'stream', step, ends: 'ok', asked: 1 }
  }),
  {
    name: 'CRLF',
    group: 'stream',
    step: (usual) => ({ ...usual, rewrite: streams.crlf }),
    ends: 'ok',
    asked: 1,
    wires: sse,
  },
  {
    name: 'CRLF, cut at every byte',
    group: 'stream',
    step: (usual) => ({ ...usual, rewrite: streams.crlf, splitBytes: 1 }),
    ends: 'ok',
    asked: 1,
    wires: sse,
  },
]

const answers: Fault[] = [
  {
    name: 'empty content',
    group: 'answer',
    step: () => ({ text: '' }),
    ends: 'ok',
    asked: 1,
    once: true,
    noObject: true,
  },
  {
    name: 'nothing but blanks',
    group: 'answer',
    step: () => ({ text: ' \n' }),
    ends: 'ok',
    asked: 1,
    once: true,
    noObject: true,
  },
  {
    name: 'chunks without choices',
    group: 'answer',
    step: (usual) => ({ ...usual, rewrite: streams.emptyChoices }),
    ends: 'ok',
    asked: 1,
    wires: openai,
  },
  {
    name: 'reply without choices',
    group: 'answer',
    step: () => ({ raw: { status: 200, body: { choices: [], usage: null } } }),
    ends: 'providerError',
    asked: 1,
    wires: openai,
  },
  {
    name: 'JSON reply cut off',
    group: 'answer',
    step: () => ({ raw: { status: 200, body: '{"id": "x", "choices": [{"ind' } }),
    ends: 'connection',
    asked: 2,
  },
]

const calculator = 'calculator'
const sum = '{"expression": "2 + 2"}'

/** Each is told to the model, which then does better. */
const toolCalls: Fault[] = (
  [
    ['arguments cut off', { toolCalls: [{ name: calculator, arguments: '{"expression": "2 +' }] }],
    ['arguments no JSON', { toolCalls: [{ name: calculator, arguments: 'expression=2+2' }] }],
    ['arguments a list', { toolCalls: [{ name: calculator, arguments: '["2 + 2"]' }] }],
    ['arguments a string', { toolCalls: [{ name: calculator, arguments: '"2 + 2"' }] }],
    ['arguments null', { toolCalls: [{ name: calculator, arguments: 'null' }] }],
    ['arguments empty', { toolCalls: [{ name: calculator, arguments: '' }] }],
    ['argument missing', { toolCalls: [{ name: calculator, arguments: '{}' }] }],
    [
      'argument of a wrong type',
      { toolCalls: [{ name: calculator, arguments: '{"expression": 5}' }] },
    ],
    ['text after the arguments', { toolCalls: [{ name: calculator, arguments: `${sum}}` }] }],
    ['unknown tool', { toolCalls: [{ name: 'no_such_tool', arguments: sum }] }],
    ['impossible tool name', { toolCalls: [{ name: 'cal culator!', arguments: sum }] }],
    [
      'the same id twice',
      {
        toolCalls: [
          { id: 'a', name: calculator, arguments: sum },
          { id: 'a', name: calculator, arguments: sum },
        ],
      },
    ],
  ] as [string, Step][]
).map(([name, step]) => ({
  name,
  group: 'tool call',
  step: () => step,
  ends: 'ok',
  asked: 2,
  once: true,
}))

/** Addresses at which no provider can be reached; the spare model's own is well. */
export const addresses: Record<string, (fake: FakeProvider) => string> = {
  'connection refused': () => 'http://127.0.0.1:1',
  'host name unknown': () => 'http://no-such-host.invalid',
  'no TLS where it is expected': ({ port }) => `https://127.0.0.1:${port}`,
}

export function unreachable(name: string): Fault {
  return { name, group: 'connection', step: (usual) => usual, ends: 'connection', asked: 0 }
}

export const faults: readonly Fault[] = [
  ...statuses,
  ...connections,
  ...broken,
  ...answers,
  ...toolCalls,
]
