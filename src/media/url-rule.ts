import { AgentError } from '../agent/errors.js'

/**
 * Returns the URL if the operator permits it: http or https, no credentials, and a host and port in
 * `allow.urlHosts`. Fails with `permission`. `at` is the position of the URL in the request.
 */
export function permittedUrl(text: string, hosts: readonly string[], at: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw refused(
      `${at} points to ${url ? url.protocol : 'no address'}, and this server fetches only http and https.`,
      'It cannot read what only you can read: send the content itself, as base64 in bytes or as an embedded resource.',
    )
  if (url.username !== '' || url.password !== '')
    throw refused(
      `${at} has credentials in its URL.`,
      'Leave them out, or send the content itself as base64 in bytes.',
    )
  if (hosts.some((entry) => isHost(entry, url))) return url
  throw refused(
    `${at} points to ${url.hostname}, which is not open to callers of this server.`,
    'Send the content itself as base64 in bytes, or ask the operator to list the host in allow.urlHosts.',
  )
}

/**
 * Returns whether an entry matches the URL's host. An entry without a port matches every port.
 * Addresses are compared in normalized form.
 */
function isHost(entry: string, { protocol, hostname, port }: URL): boolean {
  const [, name = '', wantedPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  const listed = `http://${name}`
  if (!URL.canParse(listed) || new URL(listed).hostname !== hostname) return false
  return wantedPort === undefined || wantedPort === (port || usualPort(protocol))
}

function usualPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80'
}

function refused(message: string, hint: string): AgentError {
  return new AgentError({ code: 'permission', message, hint, unsent: true })
}
