import type { Meter } from '@opentelemetry/api'
import type { ModelCallEnd, RunEnd } from '../agent/span.js'
import type { RunLoad } from '../runs/engine.js'
import { type Attributes, errorAttribute } from './attributes.js'
import type { RequestEnd } from './request.js'

const seconds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
const tokens = Array.from({ length: 14 }, (_, power) => 4 ** power)

/**
 * Holds the metrics of the GenAI and MCP conventions, and additional metrics under
 * `litellm_agents.`.
 */
export class Instruments {
  private readonly tokenUsage
  private readonly cacheRead
  private readonly cacheWritten
  private readonly cacheSaved
  private readonly cost
  private readonly callDuration
  private readonly firstChunk
  private readonly runDuration
  private readonly toolDuration
  private readonly requestDuration
  private readonly queueTime
  private readonly errors

  constructor(meter: Meter) {
    const duration = (name: string, description: string) =>
      meter.createHistogram(name, {
        description,
        unit: 's',
        advice: { explicitBucketBoundaries: seconds },
      })
    this.tokenUsage = meter.createHistogram('gen_ai.client.token.usage', {
      description: 'Tokens of a model call, cached input included.',
      unit: '{token}',
      advice: { explicitBucketBoundaries: tokens },
    })
    this.cacheRead = meter.createCounter('gen_ai.client.inference.usage.cache_read.input_tokens', {
      description: 'Input tokens that came from the prompt cache.',
      unit: '{token}',
    })
    this.cacheWritten = meter.createCounter(
      'gen_ai.client.inference.usage.cache_write.input_tokens',
      { description: 'Input tokens that were written to the prompt cache.', unit: '{token}' },
    )
    this.cacheSaved = meter.createUpDownCounter('litellm_agents.cache.saved', {
      description: 'What the prompt cache saved; less than 0 where writing cost more.',
      unit: '{USD}',
    })
    this.cost = meter.createCounter('litellm_agents.cost', {
      description: 'Cost of model calls, where it is known.',
      unit: '{USD}',
    })
    this.callDuration = duration('gen_ai.client.operation.duration', 'Duration of model calls.')
    this.firstChunk = duration(
      'gen_ai.client.operation.time_to_first_chunk',
      'Time from a streamed model call to the first piece of its answer.',
    )
    this.runDuration = duration('gen_ai.invoke_agent.duration', 'Duration of runs.')
    this.toolDuration = duration('gen_ai.execute_tool.duration', 'Duration of tool calls.')
    this.requestDuration = duration('mcp.server.operation.duration', 'Duration of MCP requests.')
    this.queueTime = duration('litellm_agents.run.queue_time', 'How long runs waited to start.')
    this.errors = meter.createCounter('litellm_agents.errors', {
      description: 'Requests, runs and model calls that failed, by code.',
      unit: '{error}',
    })
  }

  modelCall(attributes: Attributes, { metrics, cache }: ModelCallEnd, stream: boolean): void {
    const { costUsd, error, latencyMs, providerModel, timeToFirstByteMs, usage } = metrics
    const of = {
      ...attributes,
      ...(providerModel !== null && { 'gen_ai.response.model': providerModel }),
    }
    this.callDuration.record(latencyMs / 1000, { ...of, ...errorAttribute(error) })
    this.failed(attributes, error)
    if (stream && timeToFirstByteMs !== null) this.firstChunk.record(timeToFirstByteMs / 1000, of)
    if (costUsd !== null) this.cost.add(costUsd, of)
    if (typeof cache?.savedUsd === 'number') this.cacheSaved.add(cache.savedUsd, of)
    if (!usage || error !== undefined) return
    this.tokenUsage.record(usage.inputTokens, { ...of, 'gen_ai.token.type': 'input' })
    this.tokenUsage.record(usage.outputTokens, { ...of, 'gen_ai.token.type': 'output' })
    this.cacheRead.add(usage.cacheReadInputTokens ?? 0, of)
    this.cacheWritten.add(usage.cacheWriteInputTokens ?? 0, of)
  }

  run(attributes: Attributes, { metrics, error }: RunEnd): void {
    this.runDuration.record(metrics.latencyMs / 1000, { ...attributes, ...errorAttribute(error) })
    this.failed(attributes, error)
  }

  toolCall(attributes: Attributes, ms: number, error: string | undefined): void {
    this.toolDuration.record(ms / 1000, { ...attributes, ...errorAttribute(error) })
  }

  request(attributes: Attributes, ms: number, { error, code }: RequestEnd): void {
    this.requestDuration.record(ms / 1000, { ...attributes, ...errorAttribute(error) })
    this.failed(attributes, code ?? error)
  }

  queued(ms: number): void {
    this.queueTime.record(ms / 1000)
  }

  private failed(attributes: Attributes, error: string | undefined): void {
    if (error !== undefined) this.errors.add(1, { ...attributes, ...errorAttribute(error) })
  }
}

/** Registers the gauges of the run load. Each metrics collection calls `load`. */
export function observeLoad(meter: Meter, load: () => RunLoad): void {
  const active = meter.createObservableGauge('litellm_agents.runs.active', {
    description: 'Runs at work in this process.',
    unit: '{run}',
  })
  const queued = meter.createObservableGauge('litellm_agents.runs.queued', {
    description: 'Runs that wait for their turn.',
    unit: '{run}',
  })
  meter.addBatchObservableCallback(
    (result) => {
      const now = load()
      result.observe(active, now.active)
      result.observe(queued, now.queued)
    },
    [active, queued],
  )
}
