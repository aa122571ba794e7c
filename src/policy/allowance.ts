import type { CallerAllowance, HttpConfig } from '../config/http.js'
import type { Config } from '../config/resolve.js'
import { matchesGlob } from '../util/glob.js'

/** The principal of a client over stdio. It started the server, so it is the operator. */
export const localPrincipal = 'local'

const everything: CallerAllowance = {}

/**
 * Returns what a principal may use. Its own rules override those for everyone over HTTP, key by key.
 */
export function allowanceOf(principal: string, { http }: { http: HttpConfig }): CallerAllowance {
  if (principal === localPrincipal) return everything
  const own = Object.hasOwn(http.principals, principal)
    ? http.principals[principal]?.allow
    : undefined
  return own === undefined ? http.allow : { ...http.allow, ...own }
}

/** Returns whether a list of globs allows a name. An absent list allows every name. */
export function allows(globs: readonly string[] | undefined, name: string): boolean {
  return globs === undefined || globs.some((glob) => matchesGlob(glob, name))
}

/** The narrowed configurations, by the configuration that they narrow. */
const narrowed = new WeakMap<Config, Map<string, Config>>()

/**
 * Returns the configuration with only what a principal may use. The result is the same object as long
 * as the whole configuration is.
 */
export function configFor(principal: string, config: Config): Config {
  const allowance = allowanceOf(principal, config)
  if (Object.keys(allowance).length === 0) return config
  const known = narrowed.get(config) ?? new Map<string, Config>()
  narrowed.set(config, known)
  // Principals without rules of their own share one configuration.
  const name = Object.hasOwn(config.http.principals, principal) ? principal : ''
  const own = known.get(name) ?? narrow(config, allowance)
  known.set(name, own)
  return own
}

function narrow(config: Config, caller: CallerAllowance): Config {
  const agents = [...config.agents].filter(([name]) => allows(caller.agents, name))
  return { ...config, agents: new Map(agents), allow: { ...config.allow, caller } }
}
