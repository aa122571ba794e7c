import { matchesGlob } from '../agent/glob.js'
import type { CallerAllowance } from '../config/http.js'
import type { Config } from '../config/resolve.js'

const everything: CallerAllowance = {}

/**
 * What a principal may use: what everybody over HTTP may, with the principal's own before it, key by
 * key. Whoever started the server over stdio is the operator.
 */
export function allowanceOf(principal: string, { http }: Pick<Config, 'http'>): CallerAllowance {
  if (principal === 'local') return everything
  const own = Object.hasOwn(http.principals, principal)
    ? http.principals[principal]?.allow
    : undefined
  return own === undefined ? http.allow : { ...http.allow, ...own }
}

/** Whether an allowance's list holds a name; a list that is absent holds every name. */
export function holds(globs: readonly string[] | undefined, name: string): boolean {
  return globs === undefined || globs.some((glob) => matchesGlob(glob, name))
}
