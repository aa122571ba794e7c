import type { CallerAllowance, HttpConfig } from '../config/http.js'
import type { Config } from '../config/resolve.js'
import { matchesGlob } from '../util/glob.js'

/** Whoever started the server over stdio is its operator. */
export const localPrincipal = 'local'

const everything: CallerAllowance = {}

/**
 * What a principal may use: what everybody over HTTP may, with the principal's own before it, key by
 * key.
 */
export function allowanceOf(principal: string, { http }: { http: HttpConfig }): CallerAllowance {
  if (principal === localPrincipal) return everything
  const own = Object.hasOwn(http.principals, principal)
    ? http.principals[principal]?.allow
    : undefined
  return own === undefined ? http.allow : { ...http.allow, ...own }
}

/** Whether an allowance's list holds a name; a list that is absent holds every name. */
export function holds(globs: readonly string[] | undefined, name: string): boolean {
  return globs === undefined || globs.some((glob) => matchesGlob(glob, name))
}

/** By the configuration they narrow; none for those who may use everything. */
const narrowed = new WeakMap<Config, Map<string, Config>>()

/**
 * The configuration as a principal may use it: whatever is read from it then shows and does no more
 * than that. The same object for as long as the whole one is the same.
 */
export function configFor(principal: string, config: Config): Config {
  const allowance = allowanceOf(principal, config)
  if (Object.keys(allowance).length === 0) return config
  const known = narrowed.get(config) ?? new Map<string, Config>()
  narrowed.set(config, known)
  // All who have nothing of their own share one.
  const name = Object.hasOwn(config.http.principals, principal) ? principal : ''
  const own = known.get(name) ?? narrow(config, allowance)
  known.set(name, own)
  return own
}

function narrow(config: Config, caller: CallerAllowance): Config {
  const agents = [...config.agents].filter(([name]) => holds(caller.agents, name))
  return { ...config, agents: new Map(agents), allow: { ...config.allow, caller } }
}
