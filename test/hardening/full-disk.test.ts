import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { startHttp } from '../helpers/connect.js'
import { startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'

/** Limits the size of the files that a process writes, which fails as a full disk does. */
function limitFiles(pid: number, bytes: string): boolean {
  const { status } = spawnSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(pid)])
  return status === 0
}

test.skipIf(spawnSync('prlimit', ['--version']).status !== 0)(
  'hardening 14: a paid answer comes back although its session cannot be stored',
  async () => {
    const fake = await startFakeProvider()
    const LITELLM_AGENTS_CONFIG = configFile({
      sessions: { dir: temporaryFolder() },
      agents: { writer: { systemPrompt: 'Write.' } },
    })
    const server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, ['--no-auth'])
    const ask = async (prompt: string) => {
      fake.script({ text: 'The answer' })
      return callTool(server, 'run_agent', { prompt, agent: 'writer', sessionId: 'one' })
    }
    expect((await ask('Hello')).structuredContent.status).toBe('completed')
    expect(limitFiles(server.pid, '4096')).toBe(true)
    const { content, isError, structuredContent } = await ask('x'.repeat(100_000))
    expect(isError).toBeUndefined()
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'The answer' })
    expect(content[0].text).toBe('The answer')
    expect(JSON.stringify(content)).toContain('EFBIG')
    limitFiles(server.pid, 'unlimited')
    // The turn that was not stored is not part of the session.
    expect((await ask('Again')).structuredContent.status).toBe('completed')
    expect(JSON.stringify(fake.modelRequests.at(-1)?.body)).not.toContain('xxxx')
    await server.stop()
    await fake.close()
  },
)
