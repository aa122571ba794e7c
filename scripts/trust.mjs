// Runs the test suites that measure the reliability of this server in full, and writes their counts
// into docs/reliability.md, and those of attacks into docs/security.md. `npm run trust -- faults` runs only that suite.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const suites = [
  'conformance',
  'clients',
  'faults',
  'hardening',
  'properties',
  'supply-chain',
  'soak',
]
const pageOf = (suite) => (suite === 'hardening' ? 'docs/security.md' : 'docs/reliability.md')

process.chdir(`${import.meta.dirname}/..`)
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !suites.includes(name))
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are ${suites.join(', ')}.`)
  process.exit(1)
}

const folder = await mkdtemp(join(tmpdir(), 'trust-'))
try {
  for (const suite of asked.length > 0 ? asked : suites) {
    const report = join(folder, `${suite}.jsonl`)
    // npm test runs only some of the clients.
    if (suite === 'clients') await run('bash', ['scripts/setup-clients.sh', 'all'], process.env)
    if (!(await passes(suite, report))) process.exitCode = 1
    // The results of a failed suite are not written.
    else await writeDown(suite, joined(await reported(report)))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function passes(suite, report) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', `test/${suite}`]
  // Other tests at the same time would delay what it measures.
  if (suite === 'hardening') args.push('--no-file-parallelism')
  const env = { ...process.env, TRUST: '1', TRUST_REPORT: report }
  return run(process.execPath, args, env)
}

/** Returns whether the command exited with 0. */
async function run(command, args, env) {
  const [code] = await once(spawn(command, args, { env, stdio: 'inherit' }), 'exit')
  return code === 0
}

/**
 * Returns the reports of a file, one per line: `{ suite, numbers, table }`, as
 * test/helpers/trust.ts writes it.
 */
async function reported(file) {
  if (!existsSync(file)) return []
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** Joins the reports of a suite whose tables have the same columns, as those of two test files. */
function joined(reports) {
  const all = []
  for (const report of reports) {
    const same = all.find(({ table }) => table.length > 0 && table[0] === report.table[0])
    if (same === undefined) all.push(report)
    else {
      const [head, line, ...rows] = same.table
      Object.assign(same.numbers, report.numbers)
      same.table = [head, line, ...[...rows, ...report.table.slice(2)].sort()]
    }
  }
  return all
}

/** Replaces the text between the markers of the suite. */
async function writeDown(suite, reports) {
  const page = pageOf(suite)
  const text = await readFile(page, 'utf8')
  const begin = `<!-- ${suite} -->\n`
  const end = `<!-- /${suite} -->`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${suite}: ${begin}${end}`)
  const day = new Date().toISOString().slice(0, 10)
  const parts = reports.map((report) => {
    const counted = Object.entries(report.numbers).map(([name, value]) => `${name} ${value}`)
    return [`- ${report.suite}: ${counted.join(', ')}`, '', ...report.table].join('\n').trim()
  })
  const body = [`On ${day}, Node ${process.versions.node}:`, ...parts].join('\n\n')
  await writeFile(page, `${text.slice(0, from + begin.length)}\n${body}\n\n${text.slice(to)}`)
}
