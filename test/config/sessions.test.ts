import { expect, test } from 'vitest'
import { parseConfigFile } from '../../src/config/file.js'
import { ConfigError, problemText } from '../../src/config/problems.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { readerOf } from '../helpers/config-reader.js'

function resolve(sessions: unknown, env: Record<string, string> = {}) {
  const text = JSON.stringify({ sessions })
  const file = parseConfigFile(
    '/etc/agents/agents.yaml',
    text,
    env,
    readerOf(() => ''),
  )
  return resolveConfig({ file, env: { HOME: '/home/ada', ...env } }).sessions
}

const inVariable = { LITELLM_AGENTS_SESSIONS_DIR: '/variable' }

test('sessions are in memory unless a folder or files are asked for', () => {
  expect(resolve({ maxSessions: 5, ttlSeconds: 60, limits: { maxCostUsd: 2 } })).toEqual({
    maxSessions: 5,
    ttlSeconds: 60,
    limits: { maxCostUsd: 2 },
  })
  expect(resolve({ store: 'memory', dir: '/data' }).dir).toBeUndefined()
  expect(resolve({ store: 'file' }).dir).toMatch(/^\/home\/ada\/.*litellm-agents-mcp.sessions$/)
})

test('the folder is named by the variable, else by the file and from where that is', () => {
  expect(resolve({ dir: '/data' }, inVariable).dir).toBe('/variable')
  expect(resolve({ store: 'memory' }, inVariable).dir).toBe('/variable')
  expect(resolve({ dir: 'conversations' }).dir).toBe('/etc/agents/conversations')
  expect(resolveConfig({ env: inVariable }).sessions.dir).toBe('/variable')
})

test('a variable that depends on where the server is started is a problem', () => {
  const env = { LITELLM_AGENTS_SESSIONS_DIR: 'here' }
  const failed = () => resolveConfig({ env })
  expect(failed).toThrow(ConfigError)
  expect(failed).toThrow('LITELLM_AGENTS_SESSIONS_DIR: must be an absolute path')
})

test('unknown keys and wrong values are problems', () => {
  const found: string[] = []
  try {
    resolve({ store: 'redis', maxSessions: 0, limits: { maxCycles: 3 } })
  } catch (error) {
    if (error instanceof ConfigError) found.push(...error.problems.map(problemText))
  }
  expect(found).toEqual([
    expect.stringContaining('sessions.store'),
    expect.stringContaining('sessions.maxSessions'),
    expect.stringContaining('sessions.limits.maxCycles'),
  ])
})
