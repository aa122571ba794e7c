import type { Exception } from './exceptions.js'

/** Like test/golden/exceptions.ts: where we do not do what Strands and LiteLLM did, and why. */
export const googleExceptions: Record<string, Exception> = {}
