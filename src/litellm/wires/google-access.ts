import { AgentError, configurationError } from '../../agent/errors.js'
import { loadOptionalPackage } from '../../agent/optional-package.js'
import { type JsonObject, parseJsonObject } from '../../util/json.js'
import { Lru } from '../../util/lru.js'

type Vendor = typeof import('google-auth-library')
type Auth = InstanceType<Vendor['GoogleAuth']>

const vendorPackage = {
  name: 'google-auth-library',
  version: '10.9.1',
  neededBy: 'Models on Vertex AI',
  otherwise: 'give an access token in clientArgs.api_key.',
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const logins = new Lru<Promise<Auth>>(64)

/**
 * Returns the access token of Google credentials. The vendor's package obtains it and keeps it until
 * it expires. `credentials` is the text or the path of a credentials file, or `default`. Throws
 * `configuration` if there are no valid credentials.
 */
export async function googleAccessToken(credentials: string): Promise<string> {
  const login = logins.get(credentials, () => createLogin(credentials))
  try {
    const token = await (await login).getAccessToken()
    if (token) return token
  } catch (thrown) {
    logins.delete(credentials)
    throw thrown instanceof AgentError ? thrown : noAccess(credentials)
  }
  throw noAccess(credentials)
}

async function createLogin(credentials: string): Promise<Auth> {
  const { GoogleAuth } = await loadOptionalPackage(
    vendorPackage,
    () => import('google-auth-library'),
  )
  if (credentials === 'default') return new GoogleAuth({ scopes: scope })
  const given = parseJsonObject(credentials)
  return new GoogleAuth({
    scopes: scope,
    ...(given ? { credentials: given as JsonObject } : { keyFile: credentials }),
  })
}

function noAccess(credentials: string) {
  return configurationError(
    credentials === 'default'
      ? 'Google gave no access token for the application default credentials.'
      : 'Google gave no access token for vertex_credentials.',
    'Run gcloud auth application-default login, set GOOGLE_APPLICATION_CREDENTIALS, or give clientArgs.vertex_credentials.',
  )
}
