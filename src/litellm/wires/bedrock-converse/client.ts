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
 * The vendor's client of a route: loaded with the first call, then kept, and its connections with
 * it, for every model that goes the same way.
 */
export async function bedrockClient(
  route: Route,
): Promise<{ client: BedrockRuntimeClient; vendor: Vendor }> {
  // A failed attempt is not kept: the package may be installed while the server runs.
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

/** The optional package; where it is absent, a `configuration` error that says how to install it. */
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
    // The route says how to sign in; the package alone would let a variable overrule it.
    authSchemePreference: [apiKey === undefined ? 'sigv4' : 'httpBearerAuth'],
    ...(apiKey !== undefined && { token: { token: apiKey } }),
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      }),
    ...(profile && { profile }),
    requestHandler: http1Handler(route),
    // Retries are ours.
    maxAttempts: 1,
    retryMode: 'standard',
  })
}

/**
 * HTTP/1.1 with connections that are kept. The package's own choice is HTTP/2, which plain-http
 * endpoints and many gateways do not speak, and which it gives a connection per call anyway. The
 * handler is the package's own, so that one package is all there is to install.
 */
function http1Handler(route: Route): NodeHttpHandler {
  const here = createRequire(import.meta.url)
  const beside = createRequire(here.resolve(vendorPackage.name))
  const { NodeHttpHandler: Handler }: typeof import('@smithy/node-http-handler') = beside(
    '@smithy/node-http-handler',
  )
  // With an idle time of its own an agent also heeds the server's, and is not cut off in mid-request.
  const kept = { keepAlive: true, maxSockets, scheduling: 'lifo', timeout: idleMs } as const
  const { http, https } = agentsOf(route, kept)
  // Timeouts are ours too.
  return new Handler({ httpAgent: http, httpsAgent: https, requestTimeout: 0, socketTimeout: 0 })
}

function agentsOf(route: Route, options: AgentOptions): Agents {
  try {
    return createAgents(options, route.verify ?? verifyFromEnvironment())
  } catch (cause) {
    throw connectionError(route, cause, { sent: false })
  }
}
