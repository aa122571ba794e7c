import type { Tool } from '../../src/agent/tools/tool.js'
import { DurableEngine } from '../../src/runs/durable/durable-engine.js'
import type { RunEngine, RunRecord } from '../../src/runs/engine.js'
import {
  InProcessEngine,
  type InProcessOptions,
} from '../../src/runs/in-process/in-process-engine.js'
import { openPostgres } from '../../src/runs/postgres/open-postgres.js'
import { MemorySessions } from '../../src/runs/sessions/memory-sessions.js'
import type { RunSpec } from '../../src/runs/spec.js'
import type { TestDatabase } from './postgres.js'
import { ScriptedModel, type Step } from './scripted-model.js'

export interface TestEngine {
  engine: RunEngine
  /** The models made so far, one for each run. */
  models: ScriptedModel[]
  /** Runs that have ended, in order. */
  ended: RunRecord[]
}

export interface TestEngineOptions extends Partial<InProcessOptions> {
  tools?: readonly Tool[]
  /** What making a run's parts fails with. */
  fault?: Error
}

/** An engine in this process whose runs all follow one script. */
export function inProcessEngine(
  steps: readonly Step[],
  { tools = [], fault, ...options }: TestEngineOptions = {},
): TestEngine {
  const models: ScriptedModel[] = []
  const ended: RunRecord[] = []
  const buildRun = async () => {
    if (fault) throw fault
    const model = new ScriptedModel(steps)
    models.push(model)
    return { model, tools }
  }
  const engine = new InProcessEngine(buildRun, new MemorySessions(), {
    maxConcurrent: 10,
    maxQueued: 10,
    resultTtlSeconds: 60,
    maxResults: 100,
    maxResultBytes: 1_000_000,
    approvalTimeoutSeconds: 60,
    admit: async ({ limits }) => ({ limits, settle: async () => {} }),
    onEnd: (record) => ended.push(record),
    ...options,
  })
  return { engine, models, ended }
}

/** The same on PostgreSQL; its tables are emptied first. There is one at a time. */
export async function durableEngine(
  { query, url }: TestDatabase,
  steps: readonly Step[],
  { tools = [], onEnd, ...options }: TestEngineOptions = {},
): Promise<TestEngine> {
  const models: ScriptedModel[] = []
  const ended: RunRecord[] = []
  // What breaks when the server of the tests goes is no failure.
  const onError = () => {}
  const postgres = await openPostgres({ databaseUrl: url }, {}, onError)
  await query('TRUNCATE litellm_agents.runs, litellm_agents.sessions CASCADE')
  const engine = await DurableEngine.open({
    ...postgres,
    databaseUrl: url,
    maxConcurrent: 10,
    maxQueued: 10,
    resultTtlSeconds: 60,
    approvalTimeoutSeconds: 60,
    version: 'test',
    allowance: () => ({}),
    buildRun: async () => {
      const model = new ScriptedModel(steps)
      models.push(model)
      return { model, tools }
    },
    onEnd: (record) => {
      ended.push(record)
      onEnd?.(record)
    },
    onError,
    ...options,
  })
  return { engine, models, ended }
}

export function spec(more: Partial<RunSpec> = {}): RunSpec {
  return {
    tool: 'run_agent',
    principal: 'ann',
    agent: '',
    modelId: 'scripted',
    params: {},
    prompt: 'Go',
    tools: [],
    limits: {},
    ...more,
  }
}
