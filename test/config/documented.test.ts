import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Schema = {
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/configuration.md')
const schema: Schema = JSON.parse(read('schema/agents.schema.json'))

/** Returns the text under the heading of a key. */
function section(key: string): string {
  return page.split(`\n### ${key}\n`)[1]?.split(/\n##?#? /)[0] ?? ''
}

/** Returns the first cells of the rows of the tables in a text. */
function rows(text: string): string {
  return [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell).join(' ')
}

/** Returns the names of all keys in a schema, at any depth. */
function keysOf({
  additionalProperties,
  anyOf = [],
  items,
  oneOf = [],
  properties = {},
}: Schema): string[] {
  const parts = [...Object.values(properties), ...anyOf, ...oneOf]
  if (items) parts.push(items)
  if (typeof additionalProperties === 'object') parts.push(additionalProperties)
  return [...Object.keys(properties), ...parts.flatMap(keysOf)]
}

/** A key that names agents, servers and so on has the keys of its entries in its table. */
function tableKeys({ additionalProperties, properties }: Schema): string[] {
  const entries =
    typeof additionalProperties === 'object' ? additionalProperties.properties : undefined
  return Object.keys(properties ?? entries ?? {})
}

test('each key of the configuration file has a row in docs/configuration.md', () => {
  const missing = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const cells = rows(section(key))
    return tableKeys(value)
      .filter((name) => !cells.includes(`\`${name}\``))
      .map((name) => `${key}.${name}`)
  })
  expect(missing).toEqual([])
})

test('each nested key of the configuration file is explained in docs/configuration.md', () => {
  const keys = Object.values(schema.properties ?? {}).flatMap(keysOf)
  expect(keys.length).toBeGreaterThan(60)
  // A key is in backticks, alone or in an example such as `{ type: sliding, windowSize }`.
  const code = (page.match(/`[^`\n]+`/g) ?? []).join(' ')
  const missing = [...new Set(keys)].filter((name) => !new RegExp(`\\b${name}\\b`).test(code))
  expect(missing).toEqual([])
})
