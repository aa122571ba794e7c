/** The URI scheme of this server's resources. */
const scheme = 'litellm-agents://'

export const runsTemplate = `${scheme}runs/{runId}`
export const resultsTemplate = `${scheme}results/{id}`
export const usageUri = `${scheme}usage`

export function runUri(runId: string): string {
  return `${scheme}runs/${runId}`
}

/** Returns the id in a URI of the template. An id with a NUL does not exist: PostgreSQL refuses it. */
export function idIn(uri: string, template: string): string | undefined {
  const prefix = template.slice(0, template.indexOf('{'))
  return uri.startsWith(prefix) && !uri.includes('\0') ? uri.slice(prefix.length) : undefined
}
