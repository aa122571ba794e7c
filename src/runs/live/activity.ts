import type { AgentEvent } from '../../agent/events.js'

/** What a run is doing from this event on, in a few words; `undefined`: the same as before. */
export function activityOf(event: AgentEvent, before: string): string | undefined {
  switch (event.type) {
    case 'cycleStart':
      // "started" has said the first one, where nothing came between.
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

/** Agents side by side would answer over one another. */
function childActivity({ agent, event }: AgentEvent & { type: 'childEvent' }): string | undefined {
  const activity = event.type === 'textDelta' ? undefined : activityOf(event, '')
  return activity && `${agent.join(' > ')}: ${activity}`
}
