import { CoreAgent } from '../agent/agent.js'
import { emptyCacheReport } from '../agent/metrics/cache-report.js'
import type { ModelReply } from '../agent/model.js'
import { catalogFor } from '../mcp/catalog.js'
import type { Services } from '../mcp/services.js'
import { saveCompiledCode } from './compile-cache.js'
import type { LiveConfig } from './live-config.js'

/** A client that only lists the tools has left by then, and one that goes on has asked by then. */
const quietMs = 20

type Step = () => unknown

/**
 * Returns a function to call when a client has listed the tools. The first time, it loads what a call
 * of an agent needs, so that the first call takes less time. This happens once the server has had
 * nothing to do, in steps, between which requests are answered. Nothing is connected to.
 */
export function warmUpOnce(live: LiveConfig, services: () => Services): () => void {
  let scheduled = false
  return () => {
    if (scheduled) return
    scheduled = true
    setTimeout(() => void run(steps(live, services())), quietMs).unref()
  }
}

async function run(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    // A call reports what is wrong. An incomplete warm-up only makes it slower.
    await Promise.resolve()
      .then(step)
      .catch(() => {})
    await new Promise((resolve) => setTimeout(resolve).unref())
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
