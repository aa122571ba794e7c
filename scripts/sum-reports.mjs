// Sums vitest's JSON reports into one line with the result of all checks.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, failedSteps] = process.argv.slice(2)
const reports = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
const sum = (key) => reports.reduce((total, report) => total + report[key], 0)

const passed = sum('numPassedTests')
const skipped = sum('numPendingTests') + sum('numTodoTests')
// A step that failed without a failing test (a lint error, a crashed run) counts as one.
const failed = Math.max(sum('numFailedTests'), Number(failedSteps))
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
