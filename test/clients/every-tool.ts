import type { JsonObject } from '../helpers/fake-provider/index.js'

export interface ToolUse {
  tool: string
  arguments: JsonObject
}

/** Returns one call of each tool, all of which succeed. "$runId" means the run of the previous result. */
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
  /** How many progress notifications arrived; 0 from clients that cannot request them. */
  progress: number
}
