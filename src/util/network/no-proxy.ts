import { BlockList, isIP } from 'node:net'

export interface HostAndPort {
  /** The name or address in lower case, without brackets and without a trailing dot. */
  host: string
  port: number
}

/** Returns whether a host is this machine. Such a host is never reached through a proxy. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || thisMachine.test(host)
}

/**
 * Returns whether an entry of `NO_PROXY` matches a host. Entries are separated by commas or white
 * space: `*`, a name (which includes its subdomains), `.suffix`, `*.suffix`, an address, a CIDR
 * range, each with an optional `:port`. Names are not resolved.
 */
export function isExempt({ host, port }: HostAndPort, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port))
}

function matches(entry: string, host: string, port: number): boolean {
  const [pattern, wantedPort] = splitPort(entry)
  if (wantedPort !== undefined && wantedPort !== port) return false
  if (pattern === '*') return true
  if (isIP(host) !== 0) return matchesAddress(pattern, host)
  if (pattern.startsWith('*')) return host.endsWith(pattern.slice(1)) || host === pattern.slice(2)
  const name = pattern.replace(/^\.+|\.$/g, '')
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

/** An IPv6 address has a port only if it is in brackets. */
function splitPort(entry: string): [pattern: string, port: number | undefined] {
  const [, bracketed, bracketedRest] = /^\[([^\]]*)\](.*)$/.exec(entry) ?? []
  if (bracketed !== undefined) {
    const [, prefix = '', port] = /^(\/\d+)?(?::(\d+))?$/.exec(bracketedRest ?? '') ?? []
    return [bracketed + prefix, port === undefined ? undefined : Number(port)]
  }
  const [, name, port] = /^([^:]*):(\d+)$/.exec(entry) ?? []
  return name === undefined ? [entry, undefined] : [name, Number(port)]
}

function matchesAddress(pattern: string, address: string): boolean {
  const [net = '', prefix] = pattern.split('/')
  const version = isIP(net)
  if (version === 0) return false
  const list = new BlockList()
  const bits = prefix === undefined ? Number.NaN : Number(prefix)
  if (prefix !== undefined && !(bits >= 0 && bits <= (version === 4 ? 32 : 128))) return false
  if (prefix === undefined) list.addAddress(net, family(net))
  else list.addSubnet(net, bits, family(net))
  return list.check(address, family(address))
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

/**
 * Matches 127.0.0.0/8 and ::1, also as mapped addresses. The addresses 0.0.0.0 and :: also lead to
 * this machine.
 */
const thisMachine =
  /^(127(\.\d{1,3}){3}|0\.0\.0\.0|::1?|::ffff:(127(\.\d{1,3}){3}|7f[\da-f]{2}:[\da-f]{1,4}|0:0))$/
