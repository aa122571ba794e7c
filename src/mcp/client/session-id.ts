import { isJsonObject } from '../../util/json.js'

/** The description that a 2025 client sends once, when it opens a session. */
export interface SessionClient {
  readonly name: string | undefined
  readonly showsForms: boolean
}

/*
 * Over HTTP, any node can handle any request of a session, and no node stores the session. The id
 * of the session therefore contains the client's description. It proves nothing and gives no
 * access. Its format is `<random>.<forms or nothing>.<name in base64url>`.
 */
const maxNameLength = 64
const pattern = /^[\da-f-]{36}\.(forms)?\.([\w-]{0,256})$/

/** Returns the id of the session that a message opens, or `undefined` if it opens none. */
export function openedSession(message: unknown): string | undefined {
  if (!isJsonObject(message) || message.method !== 'initialize') return undefined
  const { capabilities, clientInfo } = isJsonObject(message.params) ? message.params : {}
  const name =
    isJsonObject(clientInfo) && typeof clientInfo.name === 'string' ? clientInfo.name : ''
  const words = Buffer.from(name.slice(0, maxNameLength)).toString('base64url')
  return `${crypto.randomUUID()}.${canShowForms(capabilities) ? 'forms' : ''}.${words}`
}

/** Returns the client of a session, or `undefined` if this server did not create the id. */
export function sessionClient(id: string | null | undefined): SessionClient | undefined {
  const [whole, forms, name = ''] = pattern.exec(id ?? '') ?? []
  if (whole === undefined) return undefined
  const words = Buffer.from(name, 'base64url').toString('utf8')
  return { name: words === '' ? undefined : words, showsForms: forms !== undefined }
}

/** Returns whether a client with these capabilities can show a form to its user. */
export function canShowForms(capabilities: unknown): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities.elicitation : undefined
  return isJsonObject(elicitation) && ('form' in elicitation || !('url' in elicitation))
}
