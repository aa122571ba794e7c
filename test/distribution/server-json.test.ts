import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { variables } from '../../scripts/variables.js'
import { budgetMetaKey } from '../../src/agent/tools/budget-meta.js'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const server = JSON.parse(read('server.json'))
const manifest = JSON.parse(read('package.json'))
const schema = JSON.parse(read('test/fixtures/mcp-registry/server.schema.json'))

/** The schema's keyword for examples is no JSON Schema's. */
const ajv = new Ajv({ allErrors: true, keywords: ['example'] })
addFormats.default(ajv)

test('it is valid against the schema of the MCP registry that it names', () => {
  expect(server.$schema).toBe(schema.$id)
  const validate = ajv.compile(schema)
  expect(validate(server) || validate.errors).toBe(true)
  expect(validate({ ...server, description: 'x'.repeat(101) })).toBe(false)
})

test('it agrees with package.json, by which the registry knows the owner', () => {
  expect(server.name).toBe(manifest.mcpName)
  expect(server.version).toBe(manifest.version)
  expect(server.packages).toMatchObject([
    { registryType: 'npm', identifier: manifest.name, version: manifest.version },
  ])
  // One name for the server, and for what its results carry.
  expect(server.name.split('/')[0]).toBe(budgetMetaKey.split('/')[0])
})

test('it has the variables of the README, and no key in the open', () => {
  const inputs: { name: string; isSecret?: boolean }[] = server.packages[0].environmentVariables
  const names = inputs.map(({ name }) => name)
  const overStdio = Object.entries(variables).filter(([, { http }]) => !http)
  expect(names).toEqual(overStdio.map(([name]) => name))
  const open = inputs.filter(({ isSecret }) => !isSecret).map(({ name }) => name)
  expect(open.filter((name) => /KEY|TOKEN|SECRET|DATABASE/.test(name))).toEqual([])
})
