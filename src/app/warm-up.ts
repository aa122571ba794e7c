import { CoreAgent } from '../agent/agent.js'
import { emptyCacheReport } from '../agent/metrics/cache-report.js'
import type { ModelReply } from '../agent/model.js'
import { catalogFor } from '../mcp/catalog.js'
import type { Services } from '../mcp/services.js'
import { saveCompiledCode } from './compile-cache.js'
import type { LiveConfig } from './live-config.js'

/** A client that only lists the tools has left by then, and one that goes on has asked by then. */
const quietMs = 50

type Step = () => unknown

/**
 * Loads what a call of an agent needs, so that the first call takes less time. This happens once a
 * client has listed the tools and the server has had nothing to do, in steps, between which requests
 * are answered. Nothing is connected to.
 */
export class WarmUp {
  private timer: NodeJS.Timeout | undefined
  private cancelled = false

  constructor(
    private readonly live: LiveConfig,
    private readonly services: () => Services,
  ) {}

  /** Must be called when a client has listed the tools. */
  readonly toolsListed = (): void => {
    this.timer ??= setTimeout(() => void this.run(), quietMs).unref()
  }

  /** Must be called when the client has left. */
  cancel(): void {
    this.cancelled = true
    clearTimeout(this.timer)
  }

  private async run(): Promise<void> {
    for (const step of steps(this.live, this.services())) {
      if (this.cancelled) return
      // A call reports what is wrong. An incomplete warm-up only makes it slower.
      await Promise.resolve()
        .then(step)
        .catch(() => {})
      await new Promise((resolve) => setTimeout(resolve).unref())
    }
  }
}

function steps(live: LiveConfig, services: Services): Step[] {
  const { modelId } = services.config.defaults
  return [
    () => crypto.randomUUID(),
    () => catalogFor(services).tools.get('run_agent')?.prepare?.(),
    () => modelId !== undefined && live.models.prepare(modelId),
    () => new CoreAgent({ model: silent }).run('Hi'),
    // The next start compiles this code faster, also if this server is killed.
    saveCompiledCode,
  ]
}

const reply: ModelReply = {
  message: { role: 'assistant', content: [{ text: 'Hi' }] },
  stopReason: 'endTurn',
  rawStopReason: 'stop',
  usage: null,
  costUsd: null,
  costSource: 'unknown',
  providerModel: null,
  callId: null,
  attemptedRetries: null,
  attemptedFallbacks: null,
  cache: emptyCacheReport(),
}

/** Answers inside the process. */
const silent = {
  modelId: 'warm-up',
  call: async () => reply,
  async *stream() {
    yield { type: 'reply' as const, reply }
  },
}
