import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { configFile } from './config-file.js'
import { type HttpServer, startHttp } from './connect.js'
import { type FakeProvider, startFakeProvider } from './fake-provider/index.js'
import { callTool } from './http-client.js'
import { startPostgres } from './postgres.js'
import { upstream } from './program.js'
import { seedRuns } from './seeded-runs.js'

export const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }

export interface SeededServer {
  server: HttpServer
  fake: FakeProvider
  /** The dashboard's address. */
  home: string
  stop(): Promise<void>
}

/** The program on a database with many runs of Alice, who sees all, and of Bob. */
export async function startSeeded(runs: number): Promise<SeededServer> {
  const [fake, postgres] = await Promise.all([startFakeProvider(), startPostgres()])
  const database = await postgres.database()
  const principals = { alice: { token: tokens.alice, operator: true }, bob: { token: tokens.bob } }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { principals } })
  const env = { ...upstream(fake), LITELLM_AGENTS_CONFIG, DATABASE_URL: database.url }
  const server = await startHttp(env, [], 'none')
  await seedRuns(database, Object.keys(principals), runs)
  return {
    server,
    fake,
    home: new URL('/', server.url).href,
    stop: async () => {
      await server.stop()
      await Promise.all([fake.close(), database.drop().then(() => postgres.stop())])
    },
  }
}

/** Runs that go on until the server stops: one that asks its model, one after a tool call. */
export async function startLiveRuns({ fake, server }: SeededServer): Promise<void> {
  fake.script(
    { toolCalls: [{ name: 'calculator', arguments: { expression: '6 * 7' } }] },
    { text: 'Soon', delayMs: 600_000 },
  )
  const alice = { url: server.url, token: tokens.alice }
  const started = await callTool(alice, 'run_agent', {
    prompt: 'What is 6 * 7?',
    tools: ['calculator'],
    waitSeconds: 0,
  })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
  fake.script({ text: 'Soon', delayMs: 600_000 })
  await callTool(alice, 'run_agent', { prompt: 'Think', waitSeconds: 0 })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 3)
  if (started.isError) throw new Error(JSON.stringify(started))
}

const browsers = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome']

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browsers.find(existsSync) ?? 'chromium',
    // Chromium's sandbox does not work for root.
    chromiumSandbox: process.getuid?.() !== 0,
  })
}

export async function signIn(page: Page, home: string, token = tokens.alice): Promise<void> {
  await page.goto(home)
  await page.getByLabel('Bearer token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#past table').waitFor()
}
