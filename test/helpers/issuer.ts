import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

type Claims = Record<string, unknown>

/** An authorization server that hands out whatever token a test wants. */
export interface Issuer {
  readonly url: string
  readonly port: number
  /** How often anything was asked of it. */
  requests(): number
  /** Signed by the issuer, valid for five minutes, unless told otherwise. */
  token(claims: Claims, options?: { kid?: string; typ?: string }): Promise<string>
  /** The same by somebody else's key under the issuer's key id. */
  forgedToken(claims: Claims): Promise<string>
  /** The public key as anybody can fetch it. */
  readonly publicKey: string
  close(): Promise<void>
}

/** @param publicUrl the address by which others know it, if that is not its own on loopback */
export async function startIssuer(publicUrl?: string): Promise<Issuer> {
  const [own, foreign] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256'),
  ])
  const kid = 'key-1'
  const jwk = { ...(await exportJWK(own.publicKey)), kid, alg: 'RS256', use: 'sig' }
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    const known: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: [jwk] },
    }
    const body = known[request.url ?? '']
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = publicUrl ?? `http://127.0.0.1:${port}`
  const now = () => Math.floor(Date.now() / 1000)
  const sign = (key: typeof own.privateKey, claims: Claims, id = kid, typ = 'at+jwt') =>
    new SignJWT({ iss: url, sub: 'alice', iat: now(), exp: now() + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: id, typ })
      .sign(key)
  return {
    url,
    port,
    requests: () => requests,
    token: (claims, options) => sign(own.privateKey, claims, options?.kid, options?.typ),
    forgedToken: (claims) => sign(foreign.privateKey, claims),
    publicKey: JSON.stringify(jwk),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
