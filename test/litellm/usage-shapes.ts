import type { JsonObject } from '../../src/util/json.js'

export interface Counts {
  input: number
  output?: number
  read?: number
  written?: number
  /** Of `written`. */
  written1h?: number
  reasoning?: number
}

/** Calls in every mix of what is billed apart, also right at the lengths where prices change. */
export const usageShapes: readonly Counts[] = [
  { input: 0, output: 0 },
  { input: 0, output: 17 },
  { input: 1 },
  { input: 12, output: 1 },
  { input: 2000, output: 50 },
  { input: 123_457, output: 8191 },
  { input: 2000, output: 50, reasoning: 20 },
  { input: 2000, output: 50, reasoning: 50 },
  { input: 9, output: 4096, reasoning: 4000 },
  { input: 2000, output: 50, read: 0, written: 0, reasoning: 0 },
  { input: 2000, output: 50, read: 1500 },
  { input: 2000, output: 50, read: 2000 },
  { input: 2000, output: 50, read: 1 },
  { input: 2000, output: 50, read: 1500, reasoning: 30 },
  { input: 2000, output: 50, written: 1800 },
  { input: 2000, output: 50, written: 2000 },
  { input: 2000, output: 50, written: 1800, written1h: 1800 },
  { input: 2000, output: 50, written: 1800, written1h: 600 },
  { input: 2000, output: 50, written: 1800, written1h: 0 },
  { input: 2000, output: 50, read: 1500, written: 400 },
  { input: 2000, output: 50, read: 1500, written: 500 },
  { input: 2000, output: 50, read: 1500, written: 400, written1h: 400 },
  { input: 2000, output: 50, read: 1500, written: 400, written1h: 100 },
  { input: 2000, output: 50, read: 1500, written: 400, reasoning: 10 },
  { input: 2000, output: 50, read: 1000, written: 900, written1h: 450, reasoning: 49 },
  ...lengths([32_000, 128_000, 200_000, 256_000, 272_000]),
  { input: 128_001, output: 900, reasoning: 500 },
  { input: 200_000, output: 900, read: 150_000 },
  { input: 200_001, output: 900, read: 150_000 },
  { input: 200_001, output: 900, written: 150_000 },
  { input: 200_001, output: 900, written: 150_000, written1h: 150_000 },
  { input: 200_001, output: 900, read: 100_000, written: 50_000, written1h: 20_000 },
  { input: 256_001, output: 900, read: 7, reasoning: 899 },
  { input: 272_001, output: 900, read: 272_000 },
  { input: 272_001, output: 900, read: 100_000, written: 100_000, reasoning: 400 },
  { input: 272_001, output: 900, written: 272_001 },
  { input: 950_000, output: 64_000, read: 900_000, written: 49_999, reasoning: 32_000 },
  { input: 1_500_000, output: 3 },
]

function lengths(limits: readonly number[]): Counts[] {
  return limits.flatMap((limit) => [
    { input: limit, output: 100 },
    { input: limit + 1, output: 100 },
  ])
}

/** The `usage` of a chat completion, as a LiteLLM Proxy writes it. */
export function rawUsage(counts: Counts): JsonObject {
  const { input, output = 0, read, written, written1h, reasoning } = counts
  const details = {
    ...(read !== undefined && { cached_tokens: read }),
    ...(written !== undefined && { cache_creation_tokens: written, cache_write_tokens: written }),
    ...(written1h !== undefined && {
      cache_creation_token_details: {
        ephemeral_5m_input_tokens: (written ?? 0) - written1h,
        ephemeral_1h_input_tokens: written1h,
      },
    }),
  }
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(Object.keys(details).length > 0 && {
      prompt_tokens_details: { ...details, text_tokens: input - (read ?? 0) - (written ?? 0) },
      ...(read !== undefined && { cache_read_input_tokens: read }),
      ...(written !== undefined && { cache_creation_input_tokens: written }),
    }),
    ...(reasoning !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoning, text_tokens: output - reasoning },
    }),
  }
}
