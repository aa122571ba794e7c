import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { HttpServer } from '../helpers/connect.js'
import type { Environment } from '../helpers/program.js'
import { isPython, stackFile } from './stack-files.js'
import type { Stack } from './stacks.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface StackRun {
  stack: Stack
  transport: 'stdio' | 'http'
  /** The server for HTTP. */
  server: HttpServer
  /** The base URL of the stack's own model, without a version. */
  modelUrl: string
  /** The Node that JavaScript stacks run on. */
  node24: string
  home: string
}

/** Runs a stack's driver from the clone, as a user of that stack would, and returns what it printed. */
export async function runStack(run: StackRun): Promise<string> {
  const { stack, transport, node24, home } = run
  const command = isPython(stack) ? stackFile(stack, '.venv/bin/python') : node24
  const child = spawn(command, [stackFile(stack, stack.driver), transport], {
    cwd: root,
    env: { ...addresses(run), ...quiet, PATH: path(), HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  })
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(`${stack.driver} exited with ${code}: ${errors.slice(-4000)}`)
  return out
}

/** Names the server for HTTP, and the stack's own model in the variables of each wire. */
function addresses({ server, modelUrl }: StackRun): Environment {
  return {
    LITELLM_AGENTS_URL: server.url,
    LITELLM_AGENTS_AUTH_TOKEN: server.token,
    OPENAI_BASE_URL: `${modelUrl}/v1`,
    OPENAI_API_KEY: 'sk-stack',
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'sk-stack',
    GOOGLE_GEMINI_BASE_URL: modelUrl,
    GEMINI_API_KEY: 'stack',
  }
}

/** Keeps what stacks report of their use on this machine: the proxy's port refuses connections. */
const quiet: Environment = {
  DO_NOT_TRACK: '1',
  OTEL_SDK_DISABLED: 'true',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
}

/** Makes `node` the Node that runs the tests, as the server's own tests do. */
function path(): string {
  return `${dirname(process.execPath)}:${process.env.PATH ?? ''}`
}
