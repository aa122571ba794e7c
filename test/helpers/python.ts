import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The second Python SDK cannot be in one environment with the first. */
const environments = { test: '.venv-test', mcp2: 'test/clients/stacks/python-mcp2/.venv' }
type PythonEnvironment = keyof typeof environments

/** Starts a script of test/python in an environment, without network; `test` has LiteLLM. */
export function startPython(script: string, environment: PythonEnvironment = 'test') {
  const venv = environments[environment]
  const python = fileURLToPath(new URL(`../../${venv}/bin/python`, import.meta.url))
  if (!existsSync(python)) throw new Error(`${venv} is missing. Run npm run pretest.`)
  const file = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  return spawn(python, [file], {
    env: { PATH: process.env.PATH, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'CRITICAL' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** Runs a script of test/python, which reads JSON and prints JSON, in an environment without network. */
export async function runPython(
  script: string,
  input: unknown,
  environment: PythonEnvironment = 'test',
): Promise<unknown> {
  const child = startPython(script, environment)
  child.stdin.end(JSON.stringify(input))
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  if (code !== 0) throw new Error(`${script} failed (${code}): ${errors.slice(-2000)}`)
  return JSON.parse(out)
}
