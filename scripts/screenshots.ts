// Writes docs/dashboard/*.png from the built program, with made-up runs, and the icon of the MCP
// bundle: npm run build && npx tsx scripts/screenshots.ts
import { mkdir, readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import {
  launchBrowser,
  type SeededServer,
  signIn,
  startLiveRuns,
  startSeeded,
} from '../test/helpers/dashboard.js'

const folder = 'docs/dashboard'
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } }

await mkdir(folder, { recursive: true })
const seeded = await startSeeded(900)
const browser = await launchBrowser()
try {
  await icon(browser)
  await startLiveRuns(seeded)
  for (const scheme of ['light', 'dark'] as const)
    for (const size of ['desktop', 'phone'] as const) await shoot(browser, seeded, scheme, size)
} finally {
  await browser.close()
  await seeded.stop()
}

async function shoot(
  browser: Browser,
  { home }: SeededServer,
  colorScheme: 'light' | 'dark',
  size: keyof typeof sizes,
): Promise<void> {
  const page = await browser.newPage({ colorScheme, viewport: sizes[size], timezoneId: 'UTC' })
  const name = `${folder}/${size}-${colorScheme}`
  await signIn(page, home)
  const height = size === 'phone' ? 1900 : 1150
  await page.setViewportSize({ ...sizes[size], height })
  await page.screenshot({ path: `${name}.png` })
  await page.goto(`${home}#run/alice/seeded-82`)
  await page.locator('#run svg').waitFor()
  await page.setViewportSize({ ...sizes[size], height: size === 'phone' ? 1000 : 760 })
  await page.screenshot({ path: `${name}-run.png` })
  await page.close()
}

/** Writes the icon in the size that Claude Desktop recommends. */
async function icon(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 512, height: 512 } })
  const svg = await readFile('dashboard/icon.svg', 'utf8')
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`)
  await page.screenshot({ path: 'mcpb/icon.png', omitBackground: true })
  await page.close()
}
