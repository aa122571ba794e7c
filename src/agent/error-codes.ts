/** The closed set of error codes, the same in the library, over MCP and on the command line. */
export const errorCodes = [
  'configuration',
  'authentication',
  'permission',
  'modelNotFound',
  'invalidRequest',
  'unsupportedParams',
  'contextWindowOverflow',
  'contentPolicy',
  'rateLimit',
  'budgetExceeded',
  'timeout',
  'connection',
  'providerError',
  'structuredOutput',
  'toolError',
  'limitReached',
  'cancelled',
] as const

export type ErrorCode = (typeof errorCodes)[number]
