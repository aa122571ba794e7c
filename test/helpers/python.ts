import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** `clients`: the second Python SDK, which cannot be in one environment with the first. */
type PythonEnvironment = 'test' | 'clients'

/** Runs a script of test/python with LiteLLM at hand: JSON in, JSON out, no network. */
export async function runPython(
  script: string,
  input: unknown,
  environment: PythonEnvironment = 'test',
): Promise<unknown> {
  const python = fileURLToPath(new URL(`../../.venv-${environment}/bin/python`, import.meta.url))
  if (!existsSync(python))
    throw new Error(
      `.venv-${environment} is missing: run scripts/setup-python.sh and scripts/setup-clients.sh`,
    )
  const file = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  const child = spawn(python, [file], {
    env: { PATH: process.env.PATH, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'CRITICAL' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(JSON.stringify(input))
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  if (code !== 0) throw new Error(`${script} failed (${code}): ${errors.slice(-2000)}`)
  return JSON.parse(out)
}
