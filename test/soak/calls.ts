import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Connection } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'
import type { Random } from '../helpers/random.js'
import type { Ledger } from './ledger.js'
import { type Fate, marked } from './provider.js'

export interface Caller {
  client: Connection
  /** Of this call, in prompts, keys and sessions. */
  id: string
  random: Random
  ledger: Ledger
  paceMs: number
  /** Somebody has closed the client. */
  gone(): boolean
}

/** What a call came to: a result, or that its caller gave it up. */
export type Outcome = { result: JsonObject } | 'left'

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, rating: { type: 'integer' } },
  required: ['title', 'rating'],
}
const sum = '2 + 3'
const calculating = { tools: ['calculator'] }

/** The mix: each kind of call with how often it comes among the others. */
const kinds: Record<string, [weight: number, (caller: Caller) => Promise<Outcome>]> = {
  plain: [4, (caller) => run(caller, 'well')],
  slow: [2, (caller) => run(caller, 'slow')],
  session: [
    2,
    async (caller) => {
      const session = { sessionId: `session-${caller.id}` }
      await run({ ...caller, id: `${caller.id}first` }, 'well', session)
      return run(caller, 'well', session)
    },
  ],
  loop: [3, (caller) => run(caller, 'well', calculating)],
  approved: [2, (caller) => run(caller, 'well', { agent: 'careful' })],
  extract: [2, (caller) => call(caller, 'structured_extract', 'well', { schema })],
  handle: [2, handled],
  idempotent: [2, joined],
  stopped: [1, (caller) => stopped(caller, 'hang', {})],
  stoppedLater: [1, (caller) => stopped(caller, 'hangLater', calculating)],
  hungUp: [1, hungUp],
  leftAtAnyTime: [2, leftAtAnyTime],
  refused: [1, (caller) => run(caller, 'refused')],
  unavailable: [1, (caller) => run(caller, 'unavailable')],
  reset: [1, (caller) => run(caller, 'reset')],
  resetLater: [1, (caller) => run(caller, 'resetLater', calculating)],
  errorEvent: [1, (caller) => run(caller, 'errorEvent')],
}

const drawn = Object.entries(kinds).flatMap(([kind, [weight]]) => Array<string>(weight).fill(kind))

export function anyKind(random: Random): string {
  return random.one(drawn)
}

export function callOfKind(kind: string, caller: Caller): Promise<Outcome> {
  const [, make] = kinds[kind] as (typeof kinds)[string]
  return make(caller)
}

const run = (caller: Caller, fate: Fate, args: JsonObject = {}, signal?: AbortSignal) =>
  call(caller, 'run_agent', fate, args, signal)

async function call(
  caller: Caller,
  tool: string,
  fate: Fate,
  args: JsonObject,
  signal?: AbortSignal,
): Promise<{ result: JsonObject }> {
  const { client, id, random } = caller
  const listening = random.chance(0.3) && { onprogress: () => {} }
  const { structuredContent: result } = await client.call(
    tool,
    { prompt: marked(fate, id, sum), ...args },
    { ...listening, ...(signal && { signal }) },
  )
  return { result: args.waitSeconds === 0 ? result : await ended(caller, result) }
}

/** On a machine that is busy with other things a run may take longer than its call waits. */
async function ended({ client }: Caller, first: JsonObject): Promise<JsonObject> {
  let result = first
  while (result.status === 'running')
    result = (await client.call('get_run', { runId: result.runId })).structuredContent
  return result
}

async function handled(caller: Caller): Promise<Outcome> {
  const { result } = await run(caller, 'well', { ...calculating, waitSeconds: 0 })
  expect(result.status).toBe('running')
  return { result: await ended(caller, result) }
}

/** Twice with one key: one run, paid once. */
async function joined(caller: Caller): Promise<Outcome> {
  const key = { idempotencyKey: caller.id }
  const [{ result }, { result: again }] = await Promise.all([
    run(caller, 'well', key),
    run(caller, 'well', key),
  ])
  expect(again).toEqual(result)
  return { result }
}

/** Stopped while the provider is silent: what was paid before is told. */
async function stopped(caller: Caller, fate: Fate, args: JsonObject): Promise<Outcome> {
  // Whose client is closed before it can stop it is stopped by the clock.
  const limits = { timeoutSeconds: 30 }
  const { result: handle } = await run(caller, fate, { ...args, limits, waitSeconds: 0 })
  await silence(caller)
  const { structuredContent: result } = await caller.client.call('cancel_run', {
    runId: handle.runId,
  })
  expect(result.status).toBe('cancelled')
  return { result }
}

/** Whoever waited leaves while the provider is silent. */
async function hungUp(caller: Caller): Promise<Outcome> {
  const leaving = new AbortController()
  const call = run(caller, 'hangLater', calculating, leaving.signal)
  const left = silence(caller).then(() => leaving.abort())
  await Promise.all([left, expect(call).rejects.toThrow()])
  return 'left'
}

async function leftAtAnyTime(caller: Caller): Promise<Outcome> {
  const leaving = AbortSignal.timeout(caller.random.below(3 * caller.paceMs) + 1)
  try {
    return await run(caller, 'well', calculating, leaving)
  } catch (error) {
    if (!leaving.aborted) throw error
    return 'left'
  }
}

async function silence({ id, ledger, gone }: Caller): Promise<void> {
  while (!ledger.hasStruck(id)) {
    if (gone()) throw new Error('The client has been closed.')
    await sleep(100)
  }
}
