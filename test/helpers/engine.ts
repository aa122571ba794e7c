import type { Tool } from '../../src/agent/tool.js'
import type { RunEngine, RunRecord } from '../../src/runs/engine.js'
import { InProcessEngine, type InProcessOptions } from '../../src/runs/in-process.js'
import { MemorySessions } from '../../src/runs/memory-sessions.js'
import type { RunSpec } from '../../src/runs/spec.js'
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
}

/** An engine in this process whose runs all follow one script. */
export function inProcessEngine(
  steps: readonly Step[],
  { tools = [], ...options }: TestEngineOptions = {},
): TestEngine {
  const models: ScriptedModel[] = []
  const ended: RunRecord[] = []
  const materialise = async () => {
    const model = new ScriptedModel(steps)
    models.push(model)
    return { model, tools }
  }
  const engine = new InProcessEngine(materialise, new MemorySessions(), {
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
