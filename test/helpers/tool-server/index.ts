import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { McpServerConfig } from '../../../src/config/mcp-servers.js'
import type { Environment } from '../program.js'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The scripted server over stdio, as a configuration has it. */
export function stdioServer(
  env: Environment = {},
  more: { tools?: string[]; readOnly?: boolean; timeoutSeconds?: number } = {},
) {
  return {
    command: process.execPath,
    args: [file('stdio.mjs')],
    env,
    readOnly: false,
    ...more,
  } satisfies McpServerConfig
}

/** The scripted server over HTTP, in a process of its own. */
export async function startHttpServer(env: Environment = {}) {
  const child = spawn(process.execPath, [file('http.mjs')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = await once(child.stdout, 'data')
  const url = String(printed).trim()
  return {
    port: new URL(url).port,
    config: {
      url,
      headers: { 'x-key': 'open' },
      type: 'http',
      readOnly: false,
    } satisfies McpServerConfig,
    stop: async () => {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

/** What the server notes down while it works. */
export function notes() {
  const path = join(mkdtempSync(join(tmpdir(), 'tool-server-')), 'notes')
  const lines = () => {
    try {
      return readFileSync(path, 'utf8').trim().split('\n')
    } catch {
      return []
    }
  }
  return { env: { TOOL_SERVER_NOTES: path }, lines }
}
