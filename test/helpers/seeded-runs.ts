import { unspentCall } from '../../src/agent/metrics/recorder.js'
import type { RunProgress } from '../../src/runs/durable/run-rows.js'
import type { TimelineStep } from '../../src/runs/engine.js'

import type { TestDatabase } from './postgres.js'

const models = ['litellm_proxy/claude-opus', 'litellm_proxy/claude-sonnet', 'openai/gpt-5-mini']
const agents = ['reviewer', 'researcher', '', 'translator']

/** Puts runs that ended within the last day into a database, and totals of 30 days. */
export async function seedRuns(
  { query }: TestDatabase,
  principals: readonly string[],
  count: number,
): Promise<void> {
  const list = (names: readonly string[]) => `(ARRAY[${names.map((name) => `'${name}'`)}])`
  const pick = (names: readonly string[], by: string) =>
    `${list(names)}[1 + (${by}) % ${names.length}]`
  await query(
    `INSERT INTO litellm_agents.runs (run_id, principal, tool, agent, model_id, spec, version, status, doing,
       progress, outcome, figures, created_at, started_at, ended_at, expires_at)
     SELECT 'seeded-' || n, ${pick(principals, 'n')}, 'run_agent', ${pick(agents, 'n / 3')}, ${pick(models, 'n * 7 / 5')},
       '{}', 'seeded', state, state, $2::json,
       CASE state WHEN 'failed' THEN $3::json END,
       json_build_object('latencyMs', took, 'cycles', 1 + n % 4, 'toolCalls', n % 6, 'toolErrors', 0,
         'usage', json_build_object('inputTokens', 1200 + n % 900, 'outputTokens', 200 + n % 300,
           'totalTokens', 1400 + n % 900 + n % 300, 'cacheReadInputTokens', 600 + n % 400),
         'costUsd', 0.002 * (1 + n % 7), 'savedUsd', 0.001 * (1 + n % 3),
         'error', CASE state WHEN 'failed' THEN 'rateLimit' END),
       at - make_interval(secs => took / 1000.0), at - make_interval(secs => took / 1000.0), at, now() + interval '1 day'
     FROM generate_series(1, $1::int) n,
       LATERAL (SELECT now() - interval '23 hours' * power((n * 7919 % 10007) / 10007.0, 1.2) AS at,
         900 + (n * 104729 % 5003) * CASE WHEN n % 97 = 0 THEN 40 ELSE 4 END AS took,
         CASE WHEN n % 41 = 0 THEN 'failed' WHEN n % 67 = 0 THEN 'cancelled' ELSE 'completed' END AS state) made`,
    [count, JSON.stringify(progress), JSON.stringify({ error: failure })],
  )
  await query(
    `INSERT INTO litellm_agents.usage_totals
     SELECT (now() AT TIME ZONE 'UTC')::date - d, p, a, m, 40, 100, 90000 + 3000 * (d * 7 % 11), 20000, 110000 + 3000 * (d * 7 % 11),
       50000, 4000, 0, (0.4 + 0.3 * (d * 5 % 7)) * length(m) / 25.0, 0, 0
     FROM generate_series(0, 29) d, unnest($1::text[]) p, unnest($2::text[]) a, unnest($3::text[]) m
     WHERE (d + length(m)) % 6 <> 0`,
    [principals, agents, models],
  )
}

const failure = {
  code: 'rateLimit',
  message: 'The provider allows no more requests for now.',
  retryable: true,
  hint: 'Try again in a minute.',
  usage: null,
  metrics: null,
}

const step = (
  kind: TimelineStep['kind'],
  name: string,
  cycle: number,
  startMs: number,
  durationMs: number,
  failed = false,
): TimelineStep => ({ kind, name, cycle, startMs, durationMs, failed })

const steps = [
  step('cycle', 'litellm_proxy/claude-opus', 1, 40, 3_100),
  step('tool', 'filesystem/read_file', 1, 3_150, 420),
  step('tool', 'search/web', 1, 3_150, 2_600, true),
  step('tool', 'agent_researcher', 1, 3_150, 6_900),
  step('agent', 'researcher', 1, 3_200, 2_900),
  step('agent', 'researcher', 2, 6_300, 3_700),
  step('cycle', 'litellm_proxy/claude-opus', 2, 10_060, 4_300),
  step('tool', 'calculator', 2, 14_370, 12),
  step('cycle', 'litellm_proxy/claude-opus', 3, 14_400, 2_750),
]

const cycle = (latencyMs: number) => ({
  ...unspentCall,
  modelId: 'litellm_proxy/claude-opus',
  usage: { inputTokens: 5_210, outputTokens: 480, totalTokens: 5_690, cacheReadInputTokens: 4_096 },
  costUsd: 0.021,
  latencyMs,
  timeToFirstByteMs: 420,
  stopReason: 'endTurn' as const,
})

const progress: RunProgress = {
  text: 'What it said is not shown.',
  usage: {
    inputTokens: 15_630,
    outputTokens: 1_440,
    totalTokens: 17_070,
    cacheReadInputTokens: 12_288,
  },
  metrics: {
    cycles: [cycle(3_100), cycle(4_300), cycle(2_750)],
    latencyMs: 17_200,
    tools: {
      'filesystem/read_file': { calls: 1, errors: 0, totalMs: 420 },
      'search/web': { calls: 1, errors: 1, totalMs: 2_600 },
      agent_researcher: { calls: 1, errors: 0, totalMs: 6_900 },
      calculator: { calls: 1, errors: 0, totalMs: 12 },
    },
    costUsd: 0.063,
    costSource: 'reported',
    cache: { written: 0, read: 12_288, savedUsd: 0.033, points: [] },
    accumulatedUsage: null,
    notices: [],
  },
  steps,
}
