/** The p-th part (0 to 1) of some numbers, those that are none left out. */
export function percentile(numbers, p) {
  const sorted = (numbers ?? []).filter((x) => Number.isFinite(x)).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
}

export function median(numbers) {
  const sorted = (numbers ?? []).filter((x) => Number.isFinite(x)).sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1] + sorted[middle]) / 2
}

export const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

/** How much y grows by one step of x, by least squares. */
export function slope(points) {
  const mx = mean(points.map(([x]) => x))
  const my = mean(points.map(([, y]) => y))
  let above = 0
  let below = 0
  for (const [x, y] of points) {
    above += (x - mx) * (y - my)
    below += (x - mx) ** 2
  }
  return above / below
}

export function rounded(x, digits = 3) {
  return Number(x.toFixed(digits))
}
