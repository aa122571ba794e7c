import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HttpServer as OwnServer } from '../../src/mcp/http/server.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { reportTrust } from '../helpers/trust.js'
import { serveFixtures } from './fixture-server.js'
import { type Revision, runSuite } from './suite.js'

/*
 * The official suite. Its baselines name what fails, and may only shrink: it fails, too, when
 * something in them passes.
 */

const revisions: Revision[] = ['2025-11-25', '2026-07-28']
/** What the suite does not score: none of our tools has an argument in a header. */
const known = ['http-custom-header-server-validation']
const limitMs = 180_000
const rows: string[] = []

afterAll(() =>
  reportTrust('conformance', { runs: rows.length }, [
    '| Server | Revision | Scenarios passed | Checks passed |',
    '|---|---|---|---|',
    ...rows,
  ]),
)

describe('with what the suite asks for, on our HTTP door', () => {
  let door: OwnServer
  beforeAll(async () => {
    door = await serveFixtures()
  })
  afterAll(() => door.close(0))

  test.each(revisions)('%s', { timeout: limitMs }, async (revision) => {
    const failures = await holds('all fixtures', door.url, revision, `fixtures-${revision}.yml`)
    if (revision === '2026-07-28') expect(failures).toEqual(known)
  })
})

describe('the server as it is', () => {
  let server: HttpServer
  beforeAll(async () => {
    server = await startHttp({}, ['--no-auth'])
  })
  afterAll(() => server.stop())

  test.each(revisions)('%s', { timeout: limitMs }, async (revision) => {
    await holds('the server as it is', server.url, revision, `plain-${revision}.yml`)
  })
})

async function holds(server: string, url: string, revision: Revision, baseline: string) {
  const { ok, summary, failed, ...numbers } = await runSuite(url, revision, baseline)
  const { scenarios, passedScenarios, checks, passedChecks } = numbers
  rows.push(
    `| ${server} | ${revision} | ${passedScenarios} of ${scenarios} | ${passedChecks} of ${checks} |`,
  )
  expect(ok, summary).toBe(true)
  expect(numbers.passedScenarios).toBeGreaterThan(5)
  return failed
}
