import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { frameworksText } from '../../scripts/frameworks.js'
import { snippetOf } from '../clients/stack-files.js'
import { stacks } from '../clients/stacks.js'

const page = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const stack = (title: RegExp) => {
  const found = stacks.find((one) => title.test(one.title))
  if (!found) throw new Error(`No stack is titled ${title}.`)
  return found
}

test('people F8: docs/frameworks.md has the code that the client tests run, for mcp 1.x and 2.x', () => {
  const frameworks = page('docs/frameworks.md')
  expect(frameworks).toContain(frameworksText())
  expect(snippetOf(stack(/`mcp` package 1\.x/))).toContain('structuredContent')
  expect(snippetOf(stack(/`mcp` package 2\.x/))).toContain('structured_content')
})

test('people F10: README shows what a user types and the result that comes back', () => {
  const readme = page('README.md')
  const typed = readme.indexOf('\n> Ask')
  const result = readme.indexOf('"structuredContent": {')
  expect(typed).toBeGreaterThan(0)
  expect(result).toBeGreaterThan(typed)
})

test('people m12: the snippet for Microsoft Agent Framework passes the argument tools on', () => {
  const snippet = snippetOf(stack(/Agent Framework/))
  expect(snippet).toContain('additional_tool_argument_names=["tools"]')
})

test('people m16: README says that the install scripts npm warns about are not needed', () => {
  expect(page('README.md')).toMatch(/npm 11 warns about install scripts .* not needed/)
})
