/** Where a run's transcript, or a long text, can be read whole. */
const scheme = 'litellm-agents://'

export const runsTemplate = `${scheme}runs/{runId}`
export const resultsTemplate = `${scheme}results/{id}`
export const usageUri = `${scheme}usage`

export function runUri(runId: string): string {
  return `${scheme}runs/${runId}`
}

/** The id in an address that a template has made: none has a NUL, and PostgreSQL's text holds none. */
export function idIn(uri: string, template: string): string | undefined {
  const prefix = template.slice(0, template.indexOf('{'))
  return uri.startsWith(prefix) && !uri.includes('\0') ? uri.slice(prefix.length) : undefined
}
