import { readdirSync, readFileSync } from 'node:fs'

export interface Sample {
  /** Seconds. */
  at: number
  megabytes: number
  descriptors: number
}

export function sample(pid: number): Sample {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return {
    at: performance.now() / 1000,
    megabytes: (Number(pages) * 4096) / 2 ** 20,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** The processor time that a process has had, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Of the line that fits best, per minute. The first third warms up. */
export function slopes(samples: readonly Sample[]): { megabytes: number; descriptors: number } {
  const steady = samples.slice(Math.floor(samples.length / 3))
  const perMinute = (value: (sample: Sample) => number) =>
    60 * slope(steady.map((one) => [one.at, value(one)]))
  return {
    megabytes: perMinute(({ megabytes }) => megabytes),
    descriptors: perMinute(({ descriptors }) => descriptors),
  }
}

function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const middle = mean(points.map(([x]) => x))
  const level = mean(points.map(([, y]) => y))
  const rise = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0)
  const run = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0)
  return run === 0 ? 0 : rise / run
}
