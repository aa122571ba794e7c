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

/**
 * Lists keywords that cost tokens or that some clients refuse. The server itself checks these
 * constraints.
 */
const omitted = [
  'additionalProperties',
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
  const schemas = Object.entries(tools).map(([tool, schema]) => [tool, published(schema)])
  return `${JSON.stringify(Object.fromEntries(schemas), null, 2)}\n`
}

/** Returns a schema that every client accepts: each enum has a type, and nothing is a `const`. */
function published(schema: z.ZodObject): object {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      for (const key of omitted) delete jsonSchema[key]
      if ('const' in jsonSchema) {
        jsonSchema.enum = [jsonSchema.const]
        delete jsonSchema.const
      }
    },
  })
  return json
}
