import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FakeProvider, JsonObject } from './fake-provider/index.js'

const PROGRAM = fileURLToPath(new URL('../../.venv-test/bin/litellm', import.meta.url))
const READY_TIMEOUT_MS = 60_000
const STOP_GRACE_MS = 1_500

type LiteLLMProxyOptions = {
  /** The upstream of every default model. */
  provider: FakeProvider
  /** Model name to litellm_params; added to the default models, or instead of one of that name. */
  models?: Record<string, JsonObject>
  masterKey?: string
  /** Merged into the configuration, section by section (litellm_settings, router_settings, …). */
  extraConfig?: JsonObject
  /** Written beside the configuration, by name. */
  files?: Record<string, string>
}

export type LiteLLMProxy = {
  /** http://127.0.0.1:PORT, without /v1 */
  url: string
  key: string
  /** What the proxy has printed so far. */
  log(): string
  stop(): Promise<void>
}

/** A real LiteLLM Proxy in front of the fake provider; takes about five seconds to start. */
export async function startLiteLLMProxy(options: LiteLLMProxyOptions): Promise<LiteLLMProxy> {
  if (!existsSync(PROGRAM)) throw new Error('.venv-test is missing: run scripts/setup-python.sh')
  const key = options.masterKey ?? 'sk-test-master'
  const folder = await mkdtemp(join(tmpdir(), 'litellm-proxy-'))
  const config = join(folder, 'config.yaml')
  await writeFile(config, JSON.stringify(proxyConfig(options, key), null, 2)) // JSON is YAML

  for (const [name, text] of Object.entries(options.files ?? {}))
    await writeFile(join(folder, name), text)

  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(PROGRAM, programArguments(config, port), {
    cwd: folder,
    env: proxyEnvironment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = collectOutput(child)
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const killNow = () => void child.kill('SIGKILL')
  process.once('exit', killNow)

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    const timer = setTimeout(killNow, STOP_GRACE_MS)
    await exited
    clearTimeout(timer)
    process.off('exit', killNow)
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await waitUntilReady(url, child)
  } catch (error) {
    await stop()
    throw new Error(`The LiteLLM Proxy did not start. Its log ends:\n${log().slice(-4000)}`, {
      cause: error,
    })
  }
  return { url, key, log, stop }
}

function proxyConfig(options: LiteLLMProxyOptions, masterKey: string): JsonObject {
  const { extraConfig = {}, models = {}, provider } = options
  const all = { ...defaultModels(provider), ...models }
  const config: JsonObject = {
    model_list: Object.entries(all).map(([model_name, litellm_params]) => ({
      model_name,
      litellm_params,
    })),
    general_settings: { master_key: masterKey },
  }
  for (const [section, value] of Object.entries(extraConfig)) {
    config[section] = Array.isArray(value) ? value : { ...config[section], ...value }
  }
  return config
}

function defaultModels(provider: FakeProvider): Record<string, JsonObject> {
  const openAi = { api_base: `${provider.url}/v1`, api_key: 'sk-test-upstream' }
  return {
    claude: {
      model: 'anthropic/claude-sonnet-4-6',
      api_base: provider.url,
      api_key: 'sk-ant-test-upstream',
    },
    gpt: { model: 'openai/gpt-4o-mini', ...openAi },
    'amazon.nova-lite-v1:0': { model: 'openai/gpt-4o-mini', ...openAi },
    'gemini-via-openai': { model: 'openai/gemini-2.5-flash', ...openAi },
  }
}

function programArguments(config: string, port: number): string[] {
  const listen = ['--host', '127.0.0.1', '--port', String(port)]
  return ['--config', config, ...listen, '--telemetry', 'False']
}

/** Nothing of the caller's environment but PATH: no keys, no proxies, and nothing fetched. */
function proxyEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    NO_DOCS: 'True',
    LITELLM_LOG: 'ERROR',
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: 'True',
    LITELLM_LOCAL_AUTOROUTER_PRESETS: 'True',
    LITELLM_LOCAL_BLOG_POSTS: 'True',
    LITELLM_LOCAL_POLICY_TEMPLATES: 'True',
  }
}

function collectOutput({ stderr, stdout }: ChildProcess): () => string {
  let text = ''
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return () => text
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('It ended.')
    const reply = await fetch(`${url}/health/liveliness`).catch(() => null)
    if (reply?.ok) return
    await sleep(100)
  }
  throw new Error(`Not ready after ${READY_TIMEOUT_MS} ms.`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      server.close(() => (port ? resolve(port) : reject(new Error('No free port.'))))
    })
  })
}
