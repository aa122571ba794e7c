import * as z from 'zod'
import { fileSchema } from '../src/config/schema.js'

/**
 * Returns the JSON Schema of the configuration file, which editors use for completion and
 * validation.
 */
export function configSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(fileSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // A URL may hold ${VAR}, so it is a valid URL only after expansion.
      if (jsonSchema.format === 'uri') delete jsonSchema.format
    },
  })
  const about = {
    $schema,
    $id: 'https://unpkg.com/litellm-agents-mcp/schema/agents.schema.json',
    title: 'Configuration of litellm-agents-mcp',
  }
  return `${JSON.stringify({ ...about, ...schema }, null, 2)}\n`
}
