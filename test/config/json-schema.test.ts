// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file has its own placeholders
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const published = read('schema/agents.schema.json')

test('an editor takes the example with it, and marks what is wrong', () => {
  const fits = new Ajv({ strict: false }).compile(JSON.parse(published))
  expect(fits(parse(read('examples/agents/agents.yaml')))).toBe(true)
  expect(fits({ http: { principals: { one: { token: '${ONE}' } } } })).toBe(true)
  const wrong = [
    { agent: {} },
    { agents: { one: { descripton: 'a' } } },
    { agents: { 'two words': {} } },
    { agents: { one: { systemPrompt: [{ text: 'a', textFile: 'b' }] } } },
    { defaults: { limits: { maxCycles: 0 } } },
    { mcpServers: { one: { command: 1 } } },
  ]
  for (const content of wrong) expect(fits(content), JSON.stringify(content)).toBe(false)
})

test('the package exports it', async () => {
  const { exports, files } = JSON.parse(read('package.json'))
  expect(exports['./agents.schema.json']).toBe('./schema/agents.schema.json')
  expect(files).toContain('schema')
})
