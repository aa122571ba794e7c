import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { node24, stubPort } from '../servers.mjs'

/** The scripted provider, once it answers. */
export function startStub() {
  return started(
    node24,
    [join(import.meta.dirname, 'stub.mjs')],
    `http://127.0.0.1:${stubPort}/stats`,
    {
      PORT: `${stubPort}`,
    },
  )
}

/** A server, once it answers at a URL. */
export async function started(command, args, url, env = {}) {
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR', ...env },
  })
  for (let i = 0; i < 600 && child.exitCode === null; i++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok && child.exitCode === null) return child
    await sleep(100)
  }
  throw new Error(`${command} does not answer at ${url}`)
}
