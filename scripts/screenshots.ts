// Writes docs/dashboard/*.png from the built program, with made-up runs: npm run build && npx tsx scripts/screenshots.ts
import { mkdir } from 'node:fs/promises'
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
