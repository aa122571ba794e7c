// npm run bench: sets up, measures, and writes docs/performance.md's table and its chart.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `npm run bench -- [options]
       npm run bench -- durable [options]   runs on PostgreSQL: see bench/durable.ts

  --quick            within three minutes: one floor, Strands for TypeScript, us
  --no-py            without the Python peers and the proxy (--quick leaves them out)
  --only a,b         these servers of bench/servers.mjs
  --phases a,b       these phases
  --transports a,b   stdio, http
  --scale X          X times the rounds
  --check            one call of each kind at each server, and nothing else
  --out FILE         where the results go (bench/results.json)
  --no-report        leaves docs/performance.* as they are
`

const here = import.meta.dirname
const root = resolve(here, '..')
if (process.argv[2] === 'durable') {
  const args = ['tsx', join(here, 'durable.ts'), ...process.argv.slice(3)]
  const { status } = spawnSync('npx', args, { cwd: root, stdio: 'inherit' })
  process.exit(status ?? 1)
}
const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    py: { type: 'boolean' },
    only: { type: 'string' },
    phases: { type: 'string' },
    transports: { type: 'string', default: 'stdio,http' },
    scale: { type: 'string' },
    check: { type: 'boolean', default: false },
    out: { type: 'string', default: join(here, 'results.json') },
    report: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}
const withPython = options.py ?? !options.quick

if (!existsSync(join(root, 'dist/main.js'))) run('npm', ['run', '--silent', 'build'], root)
run('bash', [join(here, 'setup.sh'), ...(withPython ? ['--py'] : [])], here)

const { servers, work, node24, proxy, proxyPort } = await import('./servers.mjs')

// Everything is timed by a client on Node 24, whatever Node npm runs on.
if (process.execPath !== realpathSync(node24)) {
  const again = spawn(node24, [import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  again.once('exit', (code) => process.exit(code ?? 1))
} else {
  await main()
}

async function main() {
  const { measure, phaseNames } = await import('./measure/phases.mjs')
  const { Server } = await import('./measure/clients.mjs')
  const quick = new Set([
    'floor-sdk2-best',
    'floor-sdk2-best-node20',
    'ts-strands',
    'ours',
    'ours-node20',
  ])
  const only = options.only?.split(',')
  const chosen = servers
    .filter(
      ({ name, python }) =>
        (only ? only.includes(name) : !options.quick || quick.has(name)) && (!python || withPython),
    )
    // Quickly, Node 20 is asked only for what has a target of its own.
    .map((spec) =>
      options.quick && spec.name.endsWith('-node20') ? { ...spec, phases: ['deps', 'cold'] } : spec,
    )
  const plan = {
    servers: chosen,
    phases:
      options.phases?.split(',') ?? phaseNames.filter((name) => !options.quick || name !== 'size'),
    transports: options.transports.split(','),
    scale: Number(options.scale ?? (options.quick ? 0.7 : 1)),
    cells: options.quick
      ? [[50, 256]]
      : [...[1, 64, 1_000].map((n) => [0, n]), ...[1, 64, 256, 1_000].map((n) => [50, n])],
    leanTransports: options.quick ? ['stdio'] : options.transports.split(','),
    soakCalls: options.quick ? 20_000 : 100_000,
  }
  const installed = install()
  const { started, startStub } = await import('./upstream/start.mjs')
  const upstream = [await startStub()]
  if (chosen.some(({ name }) => name.endsWith('-proxy'))) {
    const config = join(here, 'peers/proxy/litellm.yaml')
    const args = ['--config', config, '--host', '127.0.0.1', '--port', `${proxyPort}`]
    upstream.push(await started(join(work, 'venv/bin/litellm'), args, `${proxy}/health/liveliness`))
  }
  try {
    if (options.check) return await check(Server, plan)
    const results = {
      meta: {
        date: new Date().toISOString().slice(0, 10),
        quick: options.quick,
        scale: plan.scale,
        soakCalls: plan.soakCalls,
        cpu: `${cpus().length} × ${cpus()[0].model.trim()}`,
        node: process.version,
        versions: versions(),
        loadAtStart: loadavg()[0],
        install: installed,
        spin: [],
        load: [],
      },
      servers: {},
    }
    await measure(plan, results, () => writeFileSync(options.out, JSON.stringify(results)))
    console.error(`results: ${options.out}`)
  } finally {
    for (const child of upstream) child.kill('SIGTERM')
  }
  if (options.report) run(node24, [join(here, 'report.mjs'), options.out], root)
  process.exit(0)
}

/** One call of each kind, to see that an entry is right. */
async function check(Server, plan) {
  let failures = 0
  for (const spec of plan.servers) {
    for (const transport of plan.transports) {
      if (spec.raw) continue
      const server = new Server(spec, transport)
      const told = []
      try {
        await server.start()
        const calls = {
          run: ['[[n=20]]', 'w0 w1'],
          loop: ['[[n=20 tool=2]]', 'w0 w1'],
          extract: ['[[so=1]]', 'stub text'],
          session: ['[[n=20]]', 'w0 w1'],
        }
        for (const [op, [marker, expect]] of Object.entries(calls)) {
          if (!server.offers(op)) continue
          const ms = await server.call(op, marker, { expect, session: 's' })
          told.push(`${op} ${ms.toFixed(1)}`)
        }
        let heard = 0
        await server.call('run', '[[n=5 tpt=5]]', { onprogress: () => heard++ })
        told.push(`progress ${heard}`)
      } catch (error) {
        server.errors++
        told.push(error.message)
      }
      failures += server.errors
      console.log(spec.name, transport, told.join(', '), ...Object.keys(server.errorTexts))
      await server.stop()
    }
  }
  process.exitCode = failures > 0 ? 1 : 0
}

/** What our package weighs, packed and installed as a user installs it. */
function install() {
  const folder = join(work, 'install')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const packed = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root, 'pipe'),
  )[0]
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  const tarball = join(folder, packed.filename)
  run('npm', ['install', '--silent', '--omit=dev', '--no-audit', '--no-fund', tarball], folder)
  return { packedMb: packed.size / 1e6, unpackedMb: packed.unpackedSize / 1e6 }
}

function versions() {
  const of = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  const found = {
    'litellm-agents-mcp': of(root),
    '@modelcontextprotocol/server': of(
      join(work, 'peers/v2/node_modules/@modelcontextprotocol/server'),
    ),
    '@modelcontextprotocol/sdk (client)': of(
      join(work, 'harness/node_modules/@modelcontextprotocol/sdk'),
    ),
    '@strands-agents/sdk': of(join(work, 'peers/ts/node_modules/@strands-agents/sdk')),
    'Node 20': run(join(work, 'node20/bin/node'), ['--version'], here, 'pipe').trim(),
  }
  if (!withPython) return found
  const pinned = readFileSync(join(root, 'test/python/requirements.in'), 'utf8')
  for (const [, name, version] of pinned.matchAll(/^([^#\s]+)==(\S+)$/gm))
    found[`${name} (Python)`] = version
  return found
}

function run(command, args, cwd, stdout = 'inherit') {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'inherit'],
  })
}
