import { expect, type Page } from '@playwright/test'

const folder = process.env.SCREENSHOTS
const sizes = { 1440: 900, 390: 844 } as const

/**
 * Pictures of the page as it is, in light and dark, wide and narrow, where they are asked for: SCREENSHOTS=docs/screenshots
 * npm test -- e2e …
 */
export async function takePictures(page: Page, name: string, isWhole = true): Promise<void> {
  if (!folder) return
  for (const theme of ['light', 'dark'] as const)
    for (const [width, height] of Object.entries(sizes)) {
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width: Number(width), height })
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
      await page.waitForTimeout(600)
      const file = `${folder}/${name}-${theme}${width === '1440' ? '' : `-${width}`}.png`
      await page.screenshot({ path: file, fullPage: isWhole })
    }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}
