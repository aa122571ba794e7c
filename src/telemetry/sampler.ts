import type { Sampler } from '@opentelemetry/sdk-trace'

type Sdk = typeof import('@opentelemetry/sdk-trace')
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Returns the sampler that OTEL_TRACES_SAMPLER selects. By default, the caller's sampling decision
 * applies, and a request without one is traced.
 */
export function samplerFrom(
  { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler }: Sdk,
  { OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: argument = '1' }: Environment,
): Sampler {
  const ratio = Number(argument)
  const roots: Record<string, () => Sampler> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio >= 0 && ratio <= 1 ? ratio : 1),
  }
  const alone = roots[name]
  if (alone) return alone()
  const root = roots[name.replace(/^parentbased_/, '')] ?? roots.always_on
  return new ParentBasedSampler({ root: root?.() ?? new AlwaysOnSampler() })
}
