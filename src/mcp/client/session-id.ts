import { isJsonObject } from '../../util/json.js'

/** What a 2025 client says of itself once, when it opens a session. */
export interface SessionClient {
  readonly name: string | undefined
  readonly showsForms: boolean
}

/*
 * Over HTTP each request of a session is served for itself, by whichever node it comes to. So that
 * none has to remember the client, the session's id says again what the client said: its own words
 * about itself, which prove nothing and open nothing. `<random>.<forms or not>.<name in base64url>`
 */
const maxNameLength = 64
const pattern = /^[\da-f-]{36}\.(forms)?\.([\w-]{0,256})$/

/** The id of the session that a message opens; `undefined`: it opens none. */
export function openedSession(message: unknown): string | undefined {
  if (!isJsonObject(message) || message.method !== 'initialize') return undefined
  const { capabilities, clientInfo } = isJsonObject(message.params) ? message.params : {}
  const name =
    isJsonObject(clientInfo) && typeof clientInfo.name === 'string' ? clientInfo.name : ''
  const words = Buffer.from(name.slice(0, maxNameLength)).toString('base64url')
  return `${crypto.randomUUID()}.${canShowForms(capabilities) ? 'forms' : ''}.${words}`
}

/** The client of a session. Of an id that is none of ours nothing is known, and that is no error. */
export function sessionClient(id: string | null | undefined): SessionClient | undefined {
  const [whole, forms, name = ''] = pattern.exec(id ?? '') ?? []
  if (whole === undefined) return undefined
  const words = Buffer.from(name, 'base64url').toString('utf8')
  return { name: words === '' ? undefined : words, showsForms: forms !== undefined }
}

/** Whether a client that can do this can show a form to a person. */
export function canShowForms(capabilities: unknown): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities.elicitation : undefined
  return isJsonObject(elicitation) && ('form' in elicitation || !('url' in elicitation))
}
