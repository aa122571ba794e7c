import type { JsonObject } from '../helpers/fake-provider/index.js'

export interface ToolUse {
  tool: string
  arguments: JsonObject
}

/** One call of each tool, all of which go well. "$runId": the run of the answer before. */
export function everyTool(sessionId: string): ToolUse[] {
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' }, rating: { type: 'integer' } },
    required: ['title', 'rating'],
  }
  const prompt = "Analyze this book: The Hitchhiker's Guide to the Galaxy"
  return [
    { tool: 'list_models', arguments: {} },
    { tool: 'structured_extract', arguments: { prompt, schema } },
    {
      tool: 'run_agent',
      arguments: { prompt: 'What is 2+2', tools: ['calculator'], sessionId },
    },
    { tool: 'get_run', arguments: { runId: '$runId' } },
    { tool: 'cancel_run', arguments: { runId: '$runId' } },
    { tool: 'list_runs', arguments: {} },
    { tool: 'list_sessions', arguments: {} },
    { tool: 'forget_session', arguments: { sessionId } },
  ]
}

export interface Used {
  tools: string[]
  results: { structured: JsonObject | null; is_error: boolean | null }[]
  /** How many notices of progress came; only of clients that can ask for them. */
  progress: number
}
