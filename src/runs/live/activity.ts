import type { AgentEvent } from '../../agent/events.js'

/**
 * Returns a short text for the run's activity after an event; `undefined` if it does not change.
 */
export function activityOf(event: AgentEvent, before: string): string | undefined {
  switch (event.type) {
    case 'cycleStart':
      // "started" already describes the first cycle, unless another activity came between.
      return event.cycle > 1 || before !== 'started' ? `cycle ${event.cycle}` : undefined
    case 'textDelta':
      return `cycle ${event.cycle}: answering`
    case 'toolStart':
      return `cycle ${event.cycle}: ${event.name}`
    case 'modelRetry':
      return `cycle ${event.cycle}: trying again (${event.code})`
    case 'notice':
      return event.message
    case 'childEvent':
      return childActivity(event)
    default:
      return undefined
  }
}

/** Text deltas are left out, because parallel child agents would overwrite each other's text. */
function childActivity({ agent, event }: AgentEvent & { type: 'childEvent' }): string | undefined {
  const activity = event.type === 'textDelta' ? undefined : activityOf(event, '')
  return activity && `${agent.join(' > ')}: ${activity}`
}
