// The servers under test: how each is started, and how each is asked for the same work.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bookSchema } from './peers/floor/core.mjs'

export const work = join(import.meta.dirname, '.work')
export const node24 = join(work, 'node24/bin/node')
const node20 = join(work, 'node20/bin/node')
const python = join(work, 'venv/bin/python')

export const stubPort = 4200
export const proxyPort = 4205
export const stub = `http://127.0.0.1:${stubPort}/v1`
export const proxy = `http://127.0.0.1:${proxyPort}`
export const proxyKey = 'sk-test'

export const pythonIsThere = existsSync(python)

/** Said to every server. */
export const commonEnv = {
  BENCH_BASE: stub,
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  LITELLM_LOG: 'ERROR',
}

function transports(command, script, port, { stdio = ['stdio'], http = ['http', `${port}`] } = {}) {
  return {
    stdio: { command, args: [script, ...stdio] },
    http: { command, args: [script, ...http], url: `http://127.0.0.1:${port}/mcp` },
  }
}

/** How the floors and the peers are called. */
function peerOps(model, names = ['run', 'extract', 'loop', 'session']) {
  const run = ({ prompt, system }) => ({ prompt, system_prompt: system, model_id: model })
  const all = {
    run: { tool: 'run_agent', args: run },
    extract: { tool: 'structured_extract', args: ({ prompt }) => ({ prompt, model_id: model }) },
    loop: { tool: 'run_agent', args: (call) => ({ ...run(call), use_tools: true }) },
    session: { tool: 'run_agent', args: (call) => ({ ...run(call), session_id: call.session }) },
  }
  return Object.fromEntries(names.map((name) => [name, all[name]]))
}

function ourOps(modelId) {
  const run = ({ prompt, system }) => ({ prompt, systemPrompt: system, modelId })
  return {
    run: { tool: 'run_agent', args: run },
    extract: {
      tool: 'structured_extract',
      args: ({ prompt }) => ({ prompt, schema: bookSchema, modelId }),
    },
    loop: { tool: 'run_agent', args: (call) => ({ ...run(call), tools: ['calculator'] }) },
    session: { tool: 'run_agent', args: (call) => ({ ...run(call), sessionId: call.session }) },
  }
}

function floor(name, command, script, port, rest = {}) {
  return {
    name,
    progress: true,
    ...transports(command, join(work, 'peers', script), port),
    ops: peerOps('bench'),
    deps: { kind: 'file', path: join(work, 'peers', script, '..') },
    ...rest,
  }
}

function strandsPython(name, port, rest = {}) {
  return {
    name,
    python: true,
    // A thousand take it half a minute to answer, and a start takes it three seconds.
    maxInFlight: 256,
    maxRounds: 3,
    progress: true,
    ...transports(python, join(import.meta.dirname, 'peers/py/server.py'), port),
    ops: peerOps('openai/bench'),
    deps: { kind: 'pip', path: sitePackages() },
    ...rest,
  }
}

function sitePackages() {
  const lib = join(work, 'venv/lib')
  const [version = 'python3'] = existsSync(lib) ? readdirSync(lib) : []
  return join(lib, version, 'site-packages')
}

/** As it is installed from the package: what a user runs, and no build while we measure changes it. */
function ours(name, command, port, rest = {}) {
  const script = join(work, 'install/node_modules/litellm-agents-mcp/dist/main.js')
  return {
    name,
    progress: true,
    ...transports(command, script, port, {
      stdio: [],
      http: ['http', '--port', `${port}`, '--no-auth'],
    }),
    env: { OPENAI_API_BASE: stub, OPENAI_API_KEY: 'sk-test' },
    ops: ourOps('openai/bench'),
    deps: { kind: 'npm', path: join(work, 'install/node_modules') },
    soak: true,
    ...rest,
  }
}

/** What says enough of a variant: how it would fare under load follows. */
const oneByOne = ['deps', 'cold', 'seq', 'loop', 'extract']

export const servers = [
  { name: 'raw-http', raw: { url: `${stub}/chat/completions` } },
  floor('floor-nosdk', node24, 'floor/nosdk.mjs', 4210, {
    ops: peerOps('bench', ['run', 'extract']),
    deps: { kind: 'file', path: join(work, 'peers/floor/nosdk.mjs') },
  }),
  floor('floor-sdk1-best', node24, 'floor/dist-best/start.mjs', 4211),
  floor('floor-sdk2-best', node24, 'v2/dist-best/start.mjs', 4220, { soak: true }),
  floor('floor-sdk2-best-node20', node20, 'v2/dist-best/start.mjs', 4224),
  floor('floor-sdk2', node24, 'v2/server.mjs', 4214, {
    ops: peerOps('bench', ['run', 'extract']),
    deps: { kind: 'npm', path: join(work, 'peers/v2/node_modules') },
  }),
  floor('ts-strands', node24, 'ts/server.mjs', 4215, {
    deps: { kind: 'npm', path: join(work, 'peers/ts/node_modules') },
  }),
  strandsPython('py-strands', 4216),
  strandsPython('py-strands-nostream', 4221, {
    progress: false,
    phases: oneByOne,
    env: { BENCH_STREAM: '0' },
    ops: peerOps('openai/bench', ['run', 'extract', 'loop']),
  }),
  strandsPython('py-strands-proxy', 4218, {
    phases: oneByOne,
    env: { BENCH_PROXY: '1', BENCH_BASE: proxy },
    ops: peerOps('bench', ['run', 'extract', 'loop']),
  }),
  ours('ours', node24, 4230),
  ours('ours-node20', node20, 4231, { soak: false }),
  ours('ours-proxy', node24, 4232, {
    python: true,
    soak: false,
    phases: oneByOne,
    env: { LITELLM_PROXY_API_BASE: proxy, LITELLM_PROXY_API_KEY: proxyKey },
    ops: ourOps('litellm_proxy/bench'),
  }),
]
