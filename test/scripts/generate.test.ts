import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { program } from '../helpers/program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

test(`everything that is generated, some of it from ${program.split('/').slice(-2).join('/')}, is up to date`, () => {
  const args = ['node_modules/tsx/dist/cli.mjs', 'scripts/generate.ts', '--check']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  // If it is not: npm run generate
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
}, 180_000)
