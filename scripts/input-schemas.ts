import * as z from 'zod'
import { agentToolArguments } from '../src/mcp/tools/agent-tool.js'
import { answerApprovalArguments } from '../src/mcp/tools/answer-approval.js'
import { cancelRunArguments } from '../src/mcp/tools/cancel-run.js'
import { forgetSessionArguments } from '../src/mcp/tools/forget-session.js'
import { getRunArguments } from '../src/mcp/tools/get-run.js'
import { listModelsArguments } from '../src/mcp/tools/list-models.js'
import { listRunsArguments } from '../src/mcp/tools/list-runs.js'
import { listSessionsArguments } from '../src/mcp/tools/list-sessions.js'
import { runAgentArguments } from '../src/mcp/tools/run-agent.js'
import { structuredExtractArguments } from '../src/mcp/tools/structured-extract.js'

const tools = {
  run_agent: runAgentArguments,
  structured_extract: structuredExtractArguments,
  get_run: getRunArguments,
  cancel_run: cancelRunArguments,
  list_runs: listRunsArguments,
  list_models: listModelsArguments,
  list_sessions: listSessionsArguments,
  forget_session: forgetSessionArguments,
  answer_approval: answerApprovalArguments,
  agent: agentToolArguments,
}

const unsaid = [
  'maximum',
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'propertyNames',
]

/** Returns the input schema of each tool, as tools/list shows it. */
export function inputSchemasText(): string {
  const schemas = Object.entries(tools).map(([tool, schema]) => [tool, shown(schema)])
  return `${JSON.stringify(Object.fromEntries(schemas), null, 2)}\n`
}

/** It is there to be read by models, token by token, and checked by us: what says little goes. */
function shown(schema: z.ZodObject): object {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema, path }) => {
      const root = path.length === 0
      if (!root) delete jsonSchema.additionalProperties
      for (const key of unsaid) delete jsonSchema[key]
      if ('enum' in jsonSchema || 'const' in jsonSchema) delete jsonSchema.type
    },
  })
  return json
}
