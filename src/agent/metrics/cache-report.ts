/** What happened at one cache point. `at` is its place: `system[1]`, `messages[0].content[2]`, `tools`. */
export interface CachePointReport {
  at: string
  effect: 'written' | 'read' | 'none'
  reason?:
    | 'belowMinimum'
    | 'unsupported'
    | 'prefixChanged'
    | 'tooMany'
    | 'nothingBefore'
    | 'notReported'
  /** A sentence that says what the user should know or do. */
  detail?: string
}

/** What the provider's prompt cache did: tokens, and USD saved (`null` if prices are unknown). */
export interface CacheReport {
  written: number
  read: number
  savedUsd: number | null
  points: CachePointReport[]
}

export const emptyCacheReport = (): CacheReport => ({
  written: 0,
  read: 0,
  savedUsd: null,
  points: [],
})

/**
 * Merges the reports of a run's calls. Tokens and savings add up. For each point the last report
 * counts, except that `written` is not replaced by `read`.
 */
export function mergeCacheReports(reports: Iterable<CacheReport>): CacheReport {
  const merged = emptyCacheReport()
  const points = new Map<string, CachePointReport>()
  let saved: number | null = 0
  let calls = 0
  for (const report of reports) {
    calls++
    merged.written += report.written
    merged.read += report.read
    saved = saved === null || report.savedUsd === null ? null : saved + report.savedUsd
    for (const point of report.points) {
      const earlier = points.get(point.at)
      points.set(
        point.at,
        earlier?.effect === 'written' && point.effect === 'read' ? earlier : point,
      )
    }
  }
  merged.savedUsd = calls === 0 ? null : saved
  merged.points = [...points.values()]
  return merged
}
