import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, by its folder or file: whatever is begun last, the others wait for. */
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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 90_000,
    // Two cores are shared with the servers under test.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
