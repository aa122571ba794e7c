import { existsSync } from 'node:fs'
import type { Config } from '../../config/resolve.js'
import type { RouteExplanation } from '../../litellm/explain.js'
import { dial } from '../../util/network/dial.js'
import { isThisMachine } from '../../util/network/no-proxy.js'
import {
  type HttpProxy,
  namedProxy,
  noProxyOf,
  proxyFor,
  targetOf,
} from '../../util/network/proxy.js'
import { ProxyError } from '../../util/network/proxy-error.js'
import {
  asVerify,
  isCertificateFault,
  trustFor,
  type Verify,
  verifyFromEnvironment,
} from '../../util/network/trust.js'
import { type Check, checked, ok, problem, warning } from './check.js'

type Environment = Readonly<Record<string, string | undefined>>

const connectMs = 10_000

/**
 * Reports which proxies and certificates are in effect, and tries them: connects to each model's
 * host as a call would, without a request. Without such settings nothing is tried.
 */
export async function networkChecks(
  { clientArgs }: Config,
  routes: readonly RouteExplanation[],
  env: Environment,
): Promise<Check[]> {
  let proxies: { https: HttpProxy | undefined; http: HttpProxy | undefined }
  try {
    proxies = { https: namedProxy('https:', env), http: namedProxy('http:', env) }
  } catch (error) {
    const { message } = error as Error
    return [problem('network', message, 'Set it to a URL such as http://proxy.example:3128.')]
  }
  const certificates = certificatesIn(env)
  const inEffect = ok('network', [...proxiesText(proxies, env), ...certificates].join('; '))
  const targets = new Map<string, Verify>()
  for (const { provider, url } of routes) {
    const verify = verifyOf(clientArgs[provider]?.ssl_verify) ?? verifyFromEnvironment(env)
    const isSet = proxies.https ?? proxies.http ?? env.SSL_CERT_FILE ?? verify
    if (url !== null && isSet !== undefined) targets.set(new URL(url).origin, verify)
  }
  const tried = [...targets].map(([origin, verify]) =>
    connectionCheck(new URL(origin), verify, env),
  )
  return [inEffect, ...missingFiles(env), ...(await Promise.all(tried))]
}

function proxiesText(
  { https, http }: { https: HttpProxy | undefined; http: HttpProxy | undefined },
  env: Environment,
): string[] {
  if (!https && !http) return ['no proxy']
  const way = (proxy: HttpProxy | undefined) =>
    proxy
      ? `through ${proxy.address}${proxy.authorization ? ' with credentials' : ''} (${proxy.source})`
      : 'directly'
  const exceptions = noProxyOf(env)
  return [
    `https ${way(https)}`,
    `http ${way(http)}`,
    ...(exceptions === '' ? [] : [`directly to ${exceptions} (NO_PROXY)`]),
  ]
}

function certificatesIn(env: Environment): string[] {
  const verify = verifyFromEnvironment(env)
  if (verify === false) return ['certificates of models are not verified (SSL_VERIFY)']
  const own =
    typeof verify === 'string'
      ? [`certificates of models by ${verify} (SSL_VERIFY)`]
      : env.SSL_CERT_FILE && existsSync(env.SSL_CERT_FILE)
        ? [`certificates by ${env.SSL_CERT_FILE} (SSL_CERT_FILE)`]
        : ["Node's certificates"]
  const extra = env.NODE_EXTRA_CA_CERTS
  return extra ? [...own, `also by ${extra} (NODE_EXTRA_CA_CERTS)`] : own
}

function missingFiles(env: Environment): Check[] {
  return ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => {
    const file = env[name]
    if (!file || existsSync(file)) return []
    const detail = `the file in ${name} does not exist, and is ignored`
    return [warning('certificates', detail, `Correct or remove ${name}.`)]
  })
}

function verifyOf(value: unknown): Verify {
  return typeof value === 'string' || typeof value === 'boolean' ? asVerify(value) : undefined
}

async function connectionCheck(url: URL, verify: Verify, env: Environment): Promise<Check> {
  const name = `connection to ${url.host}`
  const way = isThisMachine(targetOf(url).host) ? 'directly (this machine)' : 'directly'
  const fix = 'Check the address, the proxy variables and the certificates.'
  return checked(name, fix, async () => {
    const proxy = proxyFor(url, env)
    try {
      await connect(url, proxy, verify, env)
    } catch (error) {
      if (error instanceof ProxyError) return problem(name, error.message, error.hint)
      if (!isCertificateFault(error)) throw error
      return problem(
        name,
        `the certificate is not trusted (${(error as NodeJS.ErrnoException).code})`,
        'Name the authority of the host, or of a proxy that inspects TLS, in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.',
      )
    }
    return ok(name, proxy ? `through ${proxy.address}` : way)
  })
}

function connect(
  url: URL,
  proxy: HttpProxy | undefined,
  verify: Verify,
  env: Environment,
): Promise<void> {
  const tls = url.protocol === 'https:'
  const trust = trustFor(verify, env)
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(timer)
      reject(error)
    }
    const stop = dial(
      { ...targetOf(url), tls, proxy, trust },
      (socket) => {
        socket.on('error', fail)
        socket.once(tls || proxy?.tls ? 'secureConnect' : 'connect', () => {
          clearTimeout(timer)
          socket.destroy()
          resolve()
        })
      },
      fail,
    )
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`It did not answer within ${connectMs / 1000} s.`))
    }, connectMs)
  })
}
