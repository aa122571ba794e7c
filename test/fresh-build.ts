import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { isBuildFresh } from '../scripts/build-hash.mjs'

/** Rebuilds dist before tests that start it, if the sources have changed. Runs once for each project. */
export default function setup(project: TestProject): void {
  rebuildIfStale()
  project.onTestsRerun(rebuildIfStale)
}

function rebuildIfStale(): void {
  if (isBuildFresh()) return
  process.stderr.write('dist was built from other sources: building it again (about 10 s).\n')
  const root = fileURLToPath(new URL('..', import.meta.url))
  try {
    execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
  } catch {
    throw new Error('dist is out of date and cannot be built. Fix what npm run build reports.')
  }
}
