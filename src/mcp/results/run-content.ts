import type { Config } from '../../config/resolve.js'
import type { RunRecord, RunResult } from '../../runs/engine.js'
import { cutText } from '../../util/cut-text.js'
import { parseJsonObject } from '../../util/json.js'
import type { Content } from '../tool-call.js'
import { runUri } from '../uris.js'
import { cacheAdvice } from './cache-advice.js'
import { imageContent } from './images.js'
import { textContent } from './results.js'
import { stopNotice } from './stop-notice.js'

/**
 * Returns what a run that ended without an error shows in `content`: the object as JSON, other text
 * of the model, its images, notes, and last why the run stopped early.
 */
export function runContent(
  { agent, runId, tool }: RunRecord,
  result: RunResult,
  { agents, defaults, runs }: Config,
): Content[] {
  const { metrics, output } = result
  const text = textBesidesOutput(result)
  const shown = cutText(text, runs.maxTextChars)
  const answer = [
    ...textContent(output === undefined ? '' : JSON.stringify(output)),
    ...textContent(shown),
    ...(tool === 'structured_extract' ? [] : imageContent(result.message)),
  ]
  const notice = stopNotice(result)
  const empty = answer.length === 0 && notice === ''
  const showsCache = agents.get(agent)?.cacheAdvice ?? defaults.cacheAdvice
  return [
    ...answer,
    ...textContent(empty ? 'The model returned no text.' : ''),
    ...(shown.length < text.length ? linkToRun(runId, shown, text) : []),
    ...textContent(showsCache ? cacheAdvice(metrics.cache) : ''),
    ...textContent(notice),
  ]
}

/** Returns the text of the model, or an empty text if the text only repeats the object. */
function textBesidesOutput({ output, text }: RunResult): string {
  if (output === undefined) return text
  const object = parseJsonObject(withoutFence(text.trim()))
  const { isDeepStrictEqual } = process.getBuiltinModule('node:util')
  return isDeepStrictEqual(object, output) ? '' : text
}

/** Returns the content of a text that is one code fence. */
function withoutFence(text: string): string {
  const [first] = text.split('\n', 1)
  const isFenced = /^```(json)?\s*$/.test(first ?? '') && text.endsWith('```')
  return first !== undefined && isFenced ? text.slice(first.length, -3) : text
}

function linkToRun(runId: string, shown: string, text: string): Content[] {
  return [
    {
      type: 'text',
      text: `The answer was cut after ${shown.length} of ${text.length} characters; the resource ${runUri(runId)} has all of it.`,
    },
    {
      type: 'resource_link',
      uri: runUri(runId),
      name: `run-${runId}`,
      title: 'The whole run',
      mimeType: 'application/json',
    },
  ]
}
