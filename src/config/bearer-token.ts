/** What a bearer token may be made of (RFC 6750); a header with another is refused. */
export const bearerTokenCharacters = '[\\w.~+/=-]'

/** Of a token that others than this machine can try to guess. */
export const minTokenLength = 16

const sendable = new RegExp(`^${bearerTokenCharacters}*$`)

/** What is wrong with a token that callers are to send. Says nothing of what it is. */
export function tokenProblems(token: string, minLength: number): string[] {
  const problems: string[] = []
  if (token.length < minLength) problems.push(`must have at least ${minLength} characters`)
  if (!sendable.test(token))
    problems.push(
      'holds a character that no bearer token can have, so that nobody could get in with it; use A-Z a-z 0-9 - . _ ~ + / = alone, as openssl rand -base64 32 does',
    )
  return problems
}
