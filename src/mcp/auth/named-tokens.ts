import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpConfig } from '../../config/http.js'

/** Returns a function that finds the principal of a token, in a time that does not depend on the token. */
export function namedTokens(
  { authToken, principals }: HttpConfig,
  generatedToken: string | undefined,
): (token: string) => string | undefined {
  const known: { name: string; digest: Buffer }[] = []
  for (const token of [authToken, generatedToken])
    if (token !== undefined) known.push({ name: 'token', digest: sha256(token) })
  for (const [name, { token, tokenSha256 }] of Object.entries(principals)) {
    if (token !== undefined) known.push({ name, digest: sha256(token) })
    if (tokenSha256 !== undefined) known.push({ name, digest: Buffer.from(tokenSha256, 'hex') })
  }
  return (token) => {
    const given = sha256(token)
    let found: string | undefined
    // The loop compares every digest, so its duration reveals nothing about a token.
    for (const { name, digest } of known) if (timingSafeEqual(given, digest)) found = name
    return found
  }
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
