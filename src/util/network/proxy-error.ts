import type { HttpProxy } from './proxy.js'

/**
 * Reports that a connection through a proxy failed. The message names the proxy without its
 * credentials.
 */
export class ProxyError extends Error {
  readonly code: string
  /** The status of the proxy's response; `undefined` if the connection itself failed. */
  readonly status: number | undefined
  /** True if the request may have reached its server. */
  readonly sent: boolean
  readonly proxy: HttpProxy

  constructor(
    proxy: HttpProxy,
    { cause, sent = false, status }: { cause?: unknown; sent?: boolean; status?: number },
  ) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    const reason = status === undefined ? (code ?? 'closed the connection') : `answered ${status}`
    super(`The proxy ${proxy.address} of ${proxy.source}: ${reason}.`)
    this.proxy = proxy
    this.sent = sent
    this.status = status
    this.code = code ?? (status === undefined ? 'ECONNRESET' : 'ERR_PROXY_REFUSED')
  }

  /** True if a retry can succeed, because the proxy did not refuse the request. */
  get retryable(): boolean {
    return this.status === undefined || this.status >= 500 || this.status === 429
  }

  /** Describes the remedy in one or two sentences. */
  get hint(): string {
    const { source } = this.proxy
    switch (this.status) {
      case undefined:
        return `Check that the proxy in ${source} is right and running, or list the host in NO_PROXY.`
      case 407:
        return `Set the user name and password in ${source}: user:password, then @, before the host.`
      case 403:
      case 405:
        return 'The proxy refuses this host. Ask its operator to allow it, or list the host in NO_PROXY.'
      default:
        return `The proxy in ${source} could not connect to the host. Check the address, and ask the operator of the proxy.`
    }
  }
}

/** Returns the ProxyError in a chain of causes; `undefined` if there is none. */
export function proxyErrorIn(thrown: unknown): ProxyError | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 6; depth++) {
    if (error instanceof ProxyError) return error
    error = error instanceof AggregateError ? error.errors[0] : error.cause
  }
  return undefined
}
