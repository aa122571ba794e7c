import { type Tool, ToolFailure } from '../agent/tools/tool.js'
import { stringArgument } from './arguments.js'

/** Returns the current time in any time zone. */
export const currentTime: Tool = {
  spec: {
    name: 'current_time',
    description: 'Get the current time in ISO 8601 format.',
    inputSchema: {
      properties: {
        timezone: {
          description: 'IANA time zone, e.g. "Europe/Berlin" or "UTC" (the default).',
          type: 'string',
        },
      },
      type: 'object',
    },
  },
  validate: stringArgument('timezone', { required: false }),
  run: ({ timezone }) => isoTime(new Date(), typeof timezone === 'string' ? timezone : 'UTC'),
}

/** Formats a time as `2026-11-23T16:38:00+01:00`. Throws a ToolFailure if the zone is unknown. */
export function isoTime(date: Date, timeZone: string): string {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch {
    throw new ToolFailure(
      `Error: "${timeZone}" is not an IANA time zone. Use one such as "Europe/Berlin".`,
    )
  }
  const name =
    format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign = '+', hours = '00', minutes = '00', seconds = '00'] =
    /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const local = new Date(date.getTime() + (sign === '-' ? -offset : offset) * 1000)
  return `${local.toISOString().slice(0, 19)}${sign}${hours}:${minutes}`
}
