import { accessibilityFaults, expect, test } from './fixtures'

// The checker reads every element of a page; the longest tables take it a while.
test.describe.configure({ timeout: 180_000 })

const pages = [
  '/',
  '/inventory',
  '/inventory?tab=credentials',
  '/resources',
  '/explore',
  '/explore/crown-jewels',
  '/explore/choke-points',
  '/runs',
  '/orders',
  '/drills',
  '/runs/due',
  '/runs/policies',
  '/runs/policies/new',
  '/emergency',
  '/grants',
  '/grants/new',
  '/incidents',
  '/break-glass',
  '/break-glass/new',
  '/incidents/new',
  '/connections',
  '/connections/new',
  '/import',
  '/audit',
  '/reference',
  '/notifications',
  '/settings/organization',
  '/settings/members',
  '/settings/teams',
  '/settings/sensitivity',
  '/settings/lifecycle',
  '/settings/decision-point',
  '/settings/signals',
  '/settings/mail',
  '/settings/notifications',
  '/settings/sign-in',
  '/settings/api-keys',
  '/settings/sessions',
  '/nowhere',
]

for (const theme of ['light', 'dark'] as const) {
  for (const address of pages) {
    test(`${address} has no accessibility fault in ${theme}`, async ({ page, signInAs }) => {
      await signInAs('admin')
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.goto(address)
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
      expect(await accessibilityFaults(page)).toEqual([])
    })
  }
}

for (const tab of ['summary', 'ownership', 'credentials', 'access', 'blast-radius', 'history']) {
  test(`the page of an identity has none on its tab ${tab}`, async ({ page, signInAs }) => {
    await signInAs('admin')
    await page.goto('/inventory')
    await page.getByRole('table').getByRole('link').first().click()
    await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}/)
    await page.goto(`${page.url().split('?')[0]}?tab=${tab}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    expect(await accessibilityFaults(page)).toEqual([])
  })
}

test('nothing is wider than a telephone’s window', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.setViewportSize({ width: 390, height: 844 })
  for (const address of pages) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow, address).toBeLessThanOrEqual(0)
  }
})
