import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(
  root,
  'test/clients/node_modules/@modelcontextprotocol/conformance/dist/index.js',
)

export type Revision = '2025-11-25' | '2026-07-28'

export interface SuiteResult {
  /** The suite's own word: nothing failed that the baseline does not name, and all that it names did. */
  ok: boolean
  /** What it printed, from the summary on. */
  summary: string
  /** Scenarios in which something failed, those included that the suite does not score. */
  failed: string[]
  scenarios: number
  passedScenarios: number
  checks: number
  passedChecks: number
}

/** Runs what a revision of the protocol requires of servers against the one at `url`, on Node 24. */
export async function runSuite(
  url: string,
  revision: Revision,
  baseline: string,
): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const { stdout: node } = await run('bash', [join(root, 'scripts/node24.sh')])
    const expected = fileURLToPath(new URL(`baselines/${baseline}`, import.meta.url))
    const args = ['server', '--url', url, '--requirements', revision]
    const { ok, printed } = await run(
      node.trim(),
      [program, ...args, '--expected-failures', expected, '-o', folder],
      { timeout: 150_000, maxBuffer: 64_000_000 },
    ).then(
      ({ stdout }) => ({ ok: true, printed: stdout }),
      (error: { stdout?: string; message: string }) => ({
        ok: false,
        printed: error.stdout || error.message,
      }),
    )
    const summary = printed.slice(Math.max(0, printed.indexOf('=== SUMMARY')))
    return { ok, summary, ...(await counts(folder)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Check {
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
}

async function counts(folder: string) {
  const scenarios = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      // `server-<scenario>-<time>`
      name: name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, ''),
      checks: JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8')) as Check[],
    })),
  )
  const hasFailed = ({ status }: Check) => status === 'FAILURE'
  const failed = scenarios.filter(({ checks }) => checks.some(hasFailed)).map(({ name }) => name)
  const all = scenarios
    .flatMap(({ checks }) => checks)
    .filter(({ status }) => status === 'SUCCESS' || status === 'FAILURE')
  return {
    failed: failed.sort(),
    scenarios: scenarios.length,
    passedScenarios: scenarios.length - failed.length,
    checks: all.length,
    passedChecks: all.filter((check) => !hasFailed(check)).length,
  }
}
