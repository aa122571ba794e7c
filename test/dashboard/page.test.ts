import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  launchBrowser,
  type SeededServer,
  signIn,
  startLiveRuns,
  startSeeded,
  tokens,
} from '../helpers/dashboard.js'
import { send } from '../helpers/http-client.js'

// A browser shares two cores with whatever else is tested.
vi.setConfig({ testTimeout: 90_000 })

const phone = { width: 360, height: 740 }
const desktop = { width: 1280, height: 900 }

let seeded: SeededServer
let browser: Browser

beforeAll(async () => {
  ;[seeded, browser] = await Promise.all([startSeeded(10_000), launchBrowser()])
  await startLiveRuns(seeded)
})
afterAll(async () => {
  await browser.close()
  await seeded.stop()
})

interface Seen {
  page: Page
  /** What the browser complained of, and addresses it asked for outside. */
  complaints: string[]
}

async function open(options: BrowserContextOptions = {}): Promise<Seen> {
  const context = await browser.newContext({ viewport: desktop, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The first question is asked without a token, and refused.
    const expected = message.text().includes('401')
    if (message.type() === 'error' && !expected) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(seeded.home)) complaints.push(request.url())
  })
  return { page, complaints }
}

test('10,000 runs are there in about a second', async () => {
  const headers = { authorization: `Bearer ${tokens.alice}` }
  const times: number[] = []
  for (const path of ['/api/overview', '/api/runs', '/api/live']) {
    const start = performance.now()
    const reply = await send(new URL(path, seeded.home), { headers })
    times.push(performance.now() - start)
    expect(reply.status).toBe(200)
    expect(reply.body.length).toBeLessThan(50_000)
  }
  expect(Math.max(...times)).toBeLessThan(2_000)
  const { page } = await open()
  await signIn(page, seeded.home)
  expect(await page.locator('#past-count').textContent()).toBe('10,000')
  const start = performance.now()
  await page.reload()
  await page.locator('#past table').waitFor()
  await page.locator('#chart svg').waitFor()
  expect(performance.now() - start).toBeLessThan(4_000)
})

test('a token that is wrong is refused, and a right one is kept for the tab alone', async () => {
  const { page, complaints } = await open()
  await page.goto(seeded.home)
  expect(await page.locator('#board').isVisible()).toBe(false)
  await page.getByLabel('Bearer token').fill('wrong-0123456789abcdef')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor()
  await page.getByLabel('Bearer token').fill(tokens.bob)
  await page.keyboard.press('Enter')
  await page.getByText('bob ·').first().waitFor()
  expect(page.url()).toBe(seeded.home)
  const kept = await page.evaluate('[localStorage.length, document.cookie]')
  expect(kept).toEqual([0, ''])
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Bearer token').waitFor()
  expect(await page.evaluate('sessionStorage.length')).toBe(0)
  expect(complaints).toEqual([])
})

describe.each([
  ['a phone in the dark', { viewport: phone, colorScheme: 'dark' as const }],
  ['a phone', { viewport: phone, colorScheme: 'light' as const }],
  ['a desktop in the dark', { viewport: desktop, colorScheme: 'dark' as const }],
  ['a desktop', { viewport: desktop, colorScheme: 'light' as const }],
])('on %s', (_, options) => {
  test('axe finds no fault, nothing is cut off, and the browser has no complaint', async () => {
    const { page, complaints } = await open(options)
    await page.goto(seeded.home)
    await page.getByLabel('Bearer token').waitFor()
    expect(await faults(page)).toEqual([])
    await signIn(page, seeded.home)
    await page.locator('#live a').first().waitFor()
    await page.getByText('Figures as a table').click()
    expect(await faults(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
    await page.locator('#failed a').first().click()
    await page.locator('#run svg').waitFor()
    await page.getByText('Steps as a table').click()
    expect(await faults(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
    expect(complaints).toEqual([])
  })
})

test('everything is to be had by keyboard', async () => {
  const { page } = await open()
  await signIn(page, seeded.home)
  await page.locator('#live a').first().waitFor()
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main')
  await page.reload()
  await page.locator('#live a').first().waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the content')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Sign out')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  await page.locator('#periods-7d:checked').waitFor({ state: 'attached' })
  await page.locator('#chart svg[aria-label*="7 bars"]').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Run/ })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await expect.poll(() => page.evaluate('document.activeElement.id')).toMatch(/^live-/)
})

test('live runs tell what they do, and the focus outlives their news', async () => {
  const { page } = await open()
  await signIn(page, seeded.home)
  await page.getByText('calculator × 1').waitFor()
  await expect.poll(() => page.locator('#live-count').textContent()).toBe('2')
  const link = page.locator('#live a').first()
  await link.focus()
  const [id] = [await link.getAttribute('id')]
  await page.waitForResponse((response) => response.url().endsWith('/api/live'))
  await page.waitForResponse((response) => response.url().endsWith('/api/live'))
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe(id)
})

test('one run is a picture of its cycles and tools, by an address of its own', async () => {
  const { page } = await open()
  await signIn(page, seeded.home)
  await page.goto(`${seeded.home}#run/alice/seeded-82`)
  const picture = page.locator('#run svg')
  await picture.waitFor()
  expect(await picture.getAttribute('aria-label')).toContain('9 steps over 17.2 s')
  expect(await picture.locator('.kind-cycle').count()).toBe(3)
  expect(await picture.locator('.kind-tool').count()).toBe(3)
  expect(await picture.locator('.bad').count()).toBe(1)
  await page.getByRole('button', { name: 'Close' }).click()
  // The address follows in an event of its own.
  await expect.poll(() => new URL(page.url()).hash).toBe('')
})

test('who may not see all is not offered principals, and sees no others', async () => {
  const { page } = await open()
  await signIn(page, seeded.home, tokens.bob)
  expect(await page.locator('#groupings').textContent()).not.toContain('Principal')
  expect(await page.locator('#past-count').textContent()).toBe('5,000')
  await page.goto(`${seeded.home}#run/alice/seeded-82`)
  await page.locator('#run .trouble').waitFor()
  expect(await page.locator('#run svg').count()).toBe(0)
})

test('the chart tells cost and tokens by model, agent and principal', async () => {
  const { page } = await open()
  await signIn(page, seeded.home)
  const legend = page.locator('#chart .legend')
  await legend.getByText('litellm_proxy/claude-opus').waitFor()
  await page.getByText('Tokens', { exact: true }).and(page.locator('#measures span')).click()
  await page.getByText('Principal', { exact: true }).click()
  await legend.getByText('alice').waitFor()
  await page.locator('#chart svg[aria-label^="Tokens by principal"]').waitFor()
  await page.locator('#chart .column').last().hover()
  await page.locator('.readout', { hasText: /alice [\d,]+, bob|bob [\d,]+, alice/ }).waitFor()
})

test('older runs are a page further', async () => {
  const { page } = await open()
  await signIn(page, seeded.home)
  await page.getByRole('button', { name: 'Older' }).click()
  await page.getByText('51 to 100 of 10,000').waitFor()
  await page.getByRole('button', { name: 'Newer' }).click()
  await page.getByText('1 to 50 of 10,000').waitFor()
})

/** What axe holds against the page, any of it. */
async function faults(page: Page): Promise<string[]> {
  // As a debugger would: the page's own policy lets no script in.
  return page.evaluate<string[]>(
    `(async () => { ${axe.source}; const { passes, violations } = await axe.run();
       if (passes.length < 10) return ['axe has looked at nothing'];
       return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))) })()`,
  )
}

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent.trim()')
}
