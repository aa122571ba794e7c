import type { RunEngine } from './engine.js'
import type { RunHistory } from './history/run-history.js'
import type { UsageSource } from './history/usage-totals.js'
import type { SessionStore } from './sessions/session-store.js'

/** The run engine, and the stores of sessions, usage and history that belong to it. */
export interface RunServices {
  readonly runs: RunEngine
  /** The conversations between runs. */
  readonly sessions: SessionStore
  readonly usage: UsageSource
  /** The usage and cost data of runs that have ended. */
  readonly history: RunHistory
  /** Returns the key that signs the state that clients carry and send back. All nodes that can get the client's next request share it. */
  readonly signingKey: () => Uint8Array
}
