import * as z from 'zod'
import { planCall } from '../../policy/plan-run.js'
import { runCall } from '../calls/run-call.js'
import type { Services } from '../services.js'
import type { ServerTool, ToolAnswer, ToolCall } from '../tool-call.js'
import { agentArgument } from './agent-argument.js'
import { shared } from './arguments.js'
import { defineTool } from './define-tool.js'
import { extractOutputSchema } from './output-schemas.js'

export const structuredExtractArguments = z.strictObject({
  prompt: shared.prompt,
  schema: shared.schema.describe('JSON Schema of the object to return'),
  schemaName: z.string().min(1).optional().describe('What the object is'),
  schemaDescription: z.string().optional(),
  maxAttempts: z.int().positive().max(10).optional().describe('Default: 3'),
  agent: shared.agent,
  modelId: shared.modelId,
  systemPrompt: shared.systemPrompt,
  params: shared.params,
  limits: shared.limits,
  idempotencyKey: shared.idempotencyKey,
  waitSeconds: shared.waitSeconds,
})

type StructuredExtractArguments = z.output<typeof structuredExtractArguments>

/** Turns a text, an image or a document into an object that fits a schema. */
export function structuredExtractTool(services: Services): ServerTool {
  return defineTool({
    name: 'structured_extract',
    title: 'Extract structured data',
    description:
      'Makes a model turn a text, an image or a document into an object that is valid against a JSON Schema. ' +
      'Use it to extract data or to classify, when the result must have an exact shape. ' +
      'The model gets an invalid object back with what is wrong, up to maxAttempts times.',
    arguments: structuredExtractArguments,
    schema: 'structured_extract',
    properties: { agent: agentArgument(services.config, 'named') },
    outputSchema: extractOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: true },
    run: (args, call) => extract(args, call, services),
  })
}

async function extract(
  args: StructuredExtractArguments,
  call: ToolCall,
  services: Services,
): Promise<ToolAnswer> {
  const { maxAttempts, schema, schemaDescription, schemaName } = args
  const output = {
    schema,
    force: true,
    ...(schemaName !== undefined && { name: schemaName }),
    ...(schemaDescription !== undefined && { description: schemaDescription }),
    ...(maxAttempts !== undefined && { maxAttempts }),
  }
  const spec = { ...planCall('structured_extract', args, call.principal, services), output }
  return runCall(spec, args, call, services)
}
