/** The characters of a bearer token (RFC 6750). A header with any other character is refused. */
export const bearerTokenCharacters = '[\\w.~+/=-]'

/** The minimum length of a token that other machines can try to guess. */
export const minTokenLength = 16

const sendable = new RegExp(`^${bearerTokenCharacters}*$`)

/** Returns the problems of a token that callers must send. The messages do not contain the token. */
export function tokenProblems(token: string, minLength: number): string[] {
  const problems: string[] = []
  if (token.length < minLength) problems.push(`must have at least ${minLength} characters`)
  if (!sendable.test(token))
    problems.push(
      'contains a character that a bearer token cannot have, so no caller could send it; use only A-Z a-z 0-9 - . _ ~ + / =, such as the output of openssl rand -base64 32',
    )
  return problems
}
