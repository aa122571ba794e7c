// Where a call's time goes: a sampled profile of the server, as shares and as a flame graph.
//   node scripts/build.mjs --readable
//   node bench/profile.mjs [--dist DIR | --server NAME] [--calls N] [--title TEXT] [--width MS] [--out FILE.svg]
// `--width` is the time the picture is wide, so that two can be compared.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LeanClient, Server } from './measure/clients.mjs'
import { flameGraph } from './profile/flame-graph.mjs'
import { Profile } from './profile/profile.mjs'
import { node24, servers } from './servers.mjs'
import { startStub } from './upstream/start.mjs'

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    dist: { type: 'string', default: 'dist' },
    calls: { type: 'string', default: '5000' },
    title: { type: 'string', default: 'A call of run_agent' },
    width: { type: 'string' },
    out: { type: 'string' },
  },
})
const calls = Number(options.calls)
const warmUp = 2_000

const folder = mkdtempSync(join(tmpdir(), 'profile-'))
const stub = await startStub()
try {
  await callOneByOne()
  const [file] = readdirSync(folder)
  const profile = new Profile(JSON.parse(readFileSync(join(folder, file), 'utf8')))
  const perCall = 1 / 1_000 / (calls + warmUp)
  for (const [part, microseconds] of profile.parts())
    console.log(`${(microseconds * perCall).toFixed(3)} ms  ${part}`)
  console.log(`${(profile.busy * perCall).toFixed(3)} ms busy a call`)
  if (options.out) {
    const width = Number(options.width ?? profile.busy * perCall)
    const { title } = options
    writeFileSync(options.out, flameGraph(profile.tree, { title, perCall, width }))
  }
} finally {
  stub.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

/** The profile is written when the server ends. */
async function callOneByOne() {
  const found = servers.find(({ name }) => name === (options.server ?? 'ours'))
  const args = options.server ? found.stdio.args : [join(resolve(options.dist), 'main.js')]
  const profiling = ['--cpu-prof', `--cpu-prof-dir=${folder}`]
  const spec = { ...found, stdio: { command: node24, args: [...profiling, ...args] } }
  const client = new LeanClient(new Server(spec, 'stdio'))
  await client.start()
  for (let call = 0; call < calls + warmUp; call++) await client.call()
  await client.stop()
}
