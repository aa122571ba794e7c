import { expect, test } from 'vitest'
import { unfilled } from '../../src/config/placeholders.js'
import { runProgram } from '../helpers/program.js'

const placeholders = {
  LITELLM_AGENTS_CONFIG: `\${user_config.config_file}`,
  LITELLM_AGENTS_MODEL_ID: `\${input:model}`,
  LITELLM_PROXY_API_BASE: '$LITELLM_PROXY_API_BASE',
  LITELLM_PROXY_API_KEY: `\${env:LITELLM_PROXY_API_KEY}`,
  OPENAI_API_KEY: `\${OPENAI_API_KEY}`,
}

test('placeholders are told from values', () => {
  expect(unfilled({ ...placeholders, GONE: undefined })).toEqual(Object.keys(placeholders))
  const values = { A: 'sk-$A', B: '$A', C: `\${A}`, D: '', E: `x\${env:E}`, F: `\${input:F} y` }
  expect(unfilled(values)).toEqual([])
})

test('what a client did not fill in is not there', async () => {
  const { code, stdout } = await runProgram(['doctor', '--json'], { env: placeholders })
  // There is no model then, which is a problem.
  expect(code).toBe(1)
  expect(stdout).toContain('none in the environment')
  expect(stdout).not.toContain('$')
})
