import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startFakeProvider } from '../helpers/fake-provider/index.js'
import { startLiteLLMProxy } from '../helpers/litellm-proxy.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The README's first command, once the server is built. */
async function demo(env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/demo.mjs'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
  })
  return stdout
}

test('without a key the demo runs on the offline model, and says so', async () => {
  const output = await demo()
  expect(output).toContain('offline/demo')
  expect(output).toContain('2+2 = 4')
  expect(output).toContain('"author": "Douglas Adams"')
  expect(output).toMatch(/Cache\s+[\d,]+ tokens written/)
})

test('with a proxy the same demo runs on its model', { timeout: 90_000 }, async () => {
  const fake = await startFakeProvider()
  const proxy = await startLiteLLMProxy({ provider: fake })
  try {
    const output = await demo({
      LITELLM_PROXY_API_BASE: proxy.url,
      LITELLM_PROXY_API_KEY: proxy.key,
      LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/claude',
    })
    expect(output).toContain('Model: litellm_proxy/claude, through the LiteLLM Proxy')
    expect(output).toContain('"author": "Douglas Adams"')
    expect(output).toMatch(/Cost\s+\$0\.0\d*[1-9]/)
    expect(output).not.toContain(proxy.key)
    expect(fake.modelRequests.length).toBeGreaterThanOrEqual(5)
  } finally {
    await proxy.stop()
    await fake.close()
  }
})
