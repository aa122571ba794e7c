import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inputSchemasText } from '../../scripts/input-schemas.js'

test('the schemas that tools show are those of their arguments', () => {
  const made = readFileSync(
    new URL('../../src/mcp/tools/input-schemas.json', import.meta.url),
    'utf8',
  )
  // If they are not: npx tsx scripts/input-schemas.ts && npx biome check --write src/mcp
  expect(JSON.parse(made)).toEqual(JSON.parse(inputSchemasText()))
})
