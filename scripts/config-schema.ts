// Writes schema/agents.schema.json, by which editors know the configuration file: npx tsx scripts/config-schema.ts
import { mkdir, writeFile } from 'node:fs/promises'
import * as z from 'zod'
import { fileSchema } from '../src/config/schema.js'
import { isProgram } from './generated.js'

/** The JSON Schema of the configuration file, as text. */
export function configSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(fileSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // An address with a ${VAR} in it is one only later.
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

if (isProgram(import.meta.url)) {
  await mkdir('schema', { recursive: true })
  await writeFile('schema/agents.schema.json', configSchemaText())
}
