/** Limits a message that is shown or logged. */
const maxShown = 10_000
/** A secret is assumed to be shorter, so that one at the end of the shown text is seen whole. */
const maxSecret = 2_000

const secretLooking = /\b(sk|pk|key|token|gsk|xai|AIza)[-_][\w*.-]{6,}|Bearer\s+[\w.~+/-]{6,}=*/gi
/** It begins at the colon, because matching the scheme before it takes quadratic time. */
const credentials = /:\/\/[^\s/@]+@/g

/**
 * Shortens a text for output, and removes the given secrets, what looks like a key, and credentials
 * in URLs. Takes time in proportion to `maxChars` and the number of secrets.
 */
export function redact(text: string, secrets: Iterable<string> = [], maxChars = maxShown): string {
  if (text.length <= maxChars) return withoutSecrets(text, secrets)
  // What follows the shown part is removed after its secrets are, so that no part of one is shown.
  const rest = withoutSecrets(text.slice(0, maxChars + maxSecret), secrets)
  return `${rest.slice(0, Math.max(0, Math.min(maxChars, rest.length - maxSecret)))}…`.toWellFormed()
}

function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let rest = text
  for (const secret of secrets) if (secret.length >= 4) rest = rest.replaceAll(secret, '[redacted]')
  return rest.replace(secretLooking, '[redacted]').replace(credentials, '://[redacted]@')
}
