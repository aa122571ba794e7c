import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { testFiles } from './test/projects.js'

/** The slowest folders and files, which start first so that the others fill the time around them. */
const longest = [
  'test/runs/durable/chaos',
  'test/runs/durable/nodes',
  'test/proxy/',
  'test/clients/',
  'test/distribution/',
  'test/conformance/',
  'test/toolsets/',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((path) => moduleId.includes(path))
      return at === -1 ? longest.length : at
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

const files = testFiles()
const globalSetup = 'test/fresh-build.ts'

export default defineConfig({
  test: {
    // unit: src only, in seconds. program: starts dist. external: needs Python, a browser, PostgreSQL or npm.
    projects: [
      { extends: true, test: { name: 'unit', include: files.unit } },
      { extends: true, test: { name: 'program', include: files.program, globalSetup } },
      { extends: true, test: { name: 'external', include: files.external, globalSetup } },
    ],
    // A stored price map of the developer must not change what is tested.
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    testTimeout: 30_000,
    hookTimeout: 90_000,
    // Browsers, databases and other programs share two cores with the suite. A test that fails twice has failed.
    retry: process.env.CI ? 1 : 0,
    // The servers under test need the other cores.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
