import type { AgentOptions } from 'node:http'
import { createRequire } from 'node:module'
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { configurationError } from '../../../agent/errors.js'
import { loadOptionalPackage } from '../../../agent/optional-package.js'
import { Lru } from '../../../util/lru.js'
import { type Agents, createAgents } from '../../../util/network/agents.js'
import { verifyFromEnvironment } from '../../../util/network/trust.js'
import { connectionError } from '../../errors.js'
import type { Route } from '../../routes/route.js'

export type Vendor = typeof import('@aws-sdk/client-bedrock-runtime')

const vendorPackage = {
  name: '@aws-sdk/client-bedrock-runtime',
  version: '3.1164.0',
  neededBy: 'Bedrock models',
  otherwise: 'call the model through a LiteLLM Proxy (litellm_proxy/<name>).',
}

const maxSockets = 1024
const idleMs = 60_000

const clients = new Lru<BedrockRuntimeClient>(64)
let vendor: Promise<Vendor> | undefined

/**
 * Returns the vendor's client of a route. It is loaded with the first call and then kept with its
 * connections. Models with the same access share it.
 */
export async function bedrockClient(
  route: Route,
): Promise<{ client: BedrockRuntimeClient; vendor: Vendor }> {
  // A failed attempt is not kept, because the package may be installed while the server runs.
  vendor ??= loadVendor().catch((error: unknown) => {
    vendor = undefined
    throw error
  })
  const loaded = await vendor
  const { baseUrl, apiKey, aws } = route
  const verify = route.verify ?? verifyFromEnvironment()
  const key = JSON.stringify([baseUrl, apiKey, aws, verify, process.env.SSL_CERT_FILE])
  const client = clients.get(key, () => newClient(loaded, route))
  return { client, vendor: loaded }
}

/**
 * Loads the optional package. Throws a `configuration` error with the install command if the
 * package is missing.
 */
export async function loadVendor(
  importer: () => Promise<Vendor> = () => import('@aws-sdk/client-bedrock-runtime'),
): Promise<Vendor> {
  return loadOptionalPackage(vendorPackage, importer)
}

function newClient({ BedrockRuntimeClient: Client }: Vendor, route: Route): BedrockRuntimeClient {
  const { apiKey, aws, baseUrl } = route
  const { accessKeyId, secretAccessKey, sessionToken, profile } = aws ?? {}
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw configurationError(
      'An AWS access key has two halves, and only one is given.',
      'Give both clientArgs.aws_access_key_id and clientArgs.aws_secret_access_key, or neither.',
    )
  return new Client({
    ...(aws && { region: aws.region }),
    ...(baseUrl && { endpoint: baseUrl }),
    // The route determines the login. By default, an environment variable could override it.
    authSchemePreference: [apiKey === undefined ? 'sigv4' : 'httpBearerAuth'],
    ...(apiKey !== undefined && { token: { token: apiKey } }),
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      }),
    ...(profile && { profile }),
    requestHandler: http1Handler(route),
    // `withRetries` makes the retries.
    maxAttempts: 1,
    retryMode: 'standard',
  })
}

/**
 * Returns a handler for HTTP/1.1 with kept connections. The package's default is HTTP/2, which
 * plain-http endpoints and many gateways do not support. The package also opens an HTTP/2
 * connection for each call. The handler belongs to the package, so no other package is required.
 */
function http1Handler(route: Route): NodeHttpHandler {
  const here = createRequire(import.meta.url)
  const beside = createRequire(here.resolve(vendorPackage.name))
  const { NodeHttpHandler: Handler }: typeof import('@smithy/node-http-handler') = beside(
    '@smithy/node-http-handler',
  )
  // If the agent has an idle timeout, it also respects the server's timeout. Requests are then not
  // interrupted.
  const kept = { keepAlive: true, maxSockets, scheduling: 'lifo', timeout: idleMs } as const
  const { http, https } = agentsOf(route, kept)
  // The call's signal applies the timeouts.
  return new Handler({ httpAgent: http, httpsAgent: https, requestTimeout: 0, socketTimeout: 0 })
}

function agentsOf(route: Route, options: AgentOptions): Agents {
  try {
    return createAgents(options, route.verify ?? verifyFromEnvironment())
  } catch (cause) {
    throw connectionError(route, cause, { sent: false })
  }
}
