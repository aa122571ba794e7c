/**
 * These functions tell the kinds of JSON-RPC messages apart. The build uses them in place of the MCP
 * SDK's functions of the same names, which run one schema after another, several times per message.
 * A property test checks that both return the same.
 */
export function isJSONRPCRequest(value: unknown): boolean {
  return (
    isMessage(value) &&
    typeof value.method === 'string' &&
    isId(value.id) &&
    isParams(value.params) &&
    hasOnly(value, requestKeys)
  )
}

export function isJSONRPCNotification(value: unknown): boolean {
  return (
    isMessage(value) &&
    typeof value.method === 'string' &&
    isParams(value.params) &&
    hasOnly(value, notificationKeys)
  )
}

export function isJSONRPCResultResponse(value: unknown): boolean {
  return (
    isMessage(value) &&
    isObject(value.result) &&
    (value.result._meta === undefined || isObject(value.result._meta)) &&
    isId(value.id) &&
    hasOnly(value, resultKeys)
  )
}

export function isJSONRPCErrorResponse(value: unknown): boolean {
  return (
    isMessage(value) &&
    isObject(value.error) &&
    Number.isSafeInteger(value.error.code) &&
    typeof value.error.message === 'string' &&
    (value.id === undefined || isId(value.id)) &&
    hasOnly(value, errorKeys)
  )
}

type Fields = Readonly<Record<string, unknown>>

const requestKeys = new Set(['jsonrpc', 'id', 'method', 'params'])
const notificationKeys = new Set(['jsonrpc', 'method', 'params'])
const resultKeys = new Set(['jsonrpc', 'id', 'result'])
const errorKeys = new Set(['jsonrpc', 'id', 'error'])
const relatedTask = 'io.modelcontextprotocol/related-task'

function isMessage(value: unknown): value is Fields {
  return isObject(value) && value.jsonrpc === '2.0'
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isId(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function isParams(value: unknown): boolean {
  if (value === undefined) return true
  if (!isObject(value)) return false
  const { _meta: meta } = value
  return meta === undefined || (isObject(meta) && isRequestMeta(meta))
}

function isRequestMeta({ progressToken, [relatedTask]: related }: Fields): boolean {
  return (
    (progressToken === undefined || isId(progressToken)) &&
    (related === undefined || (isObject(related) && typeof related.taskId === 'string'))
  )
}

function hasOnly(value: Fields, keys: ReadonlySet<string>): boolean {
  for (const key in value) if (!keys.has(key)) return false
  return true
}
