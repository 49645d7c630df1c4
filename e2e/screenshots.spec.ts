import path from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

// The pictures of the README and docs. SCREENSHOTS=docs/screenshots npm test -- e2e e2e/screenshots.spec.ts
const folder = process.env.SCREENSHOTS
const account = path.resolve(
  import.meta.dirname,
  '../lib/connectors/aws/fixtures/authorization-details/cloudsplaining-authz-v2.json',
)

/** Takes a picture of what is in view once nothing loads any more. */
function pictureTaker(page: Page, theme: string, width: number) {
  return async (name: string) => {
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
    await page.waitForTimeout(500)
    await page.screenshot({
      path: path.join(folder ?? '', `${name}-${theme}${width === 1440 ? '' : `-${width}`}.png`),
    })
  }
}

// Without a folder there is nothing to do here, and no test.
for (const theme of folder ? (['light', 'dark'] as const) : []) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    test(`pictures in ${theme} at ${width}`, async ({ page, signInAs }) => {
      // Many pages, one after the other.
      test.setTimeout(600_000)
      await signInAs('security')
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height })
      const take = pictureTaker(page, theme, width)
      await page.goto('/')
      await take('overview')
      await page.goto('/inventory?sort=privilege&dir=desc')
      await take('inventory')
      await page.getByRole('table').getByRole('link').first().click()
      await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}/)
      await take('identity')
      const address = page.url().split('?')[0] ?? ''
      await page.goto(`${address}?tab=access`)
      await take('access')
      const { top } = await (await page.request.get('/api/v1/access-graph/summary')).json()
      // Three steps from everything; checked by hand in docs/blast-radius-check.md.
      const isChecked = ({ node }: { node: { name: string } }) => node.name === 'privesc-AssumeRole-starting-role'
      const reaching = top.find(isChecked) ?? top[0]
      const reached = await page.request.get(
        `/api/v1/identities/${reaching.node.id}/blast-radius/resources?sort=hops&limit=1`,
      )
      const [resource] = (await reached.json()).items
      const radius = `/inventory/${reaching.node.id}?tab=blast-radius`
      await page.goto(radius)
      await take('blast-radius')
      const picture = page.getByRole('application', { name: /^Picture of what/ })
      await picture.scrollIntoViewIfNeeded()
      await take('blast-radius-picture')
      await page.goto(`${radius}&what-if=none`)
      const section = page.getByRole('region', { name: 'What if', exact: true })
      await section.getByRole('list', { name: 'Steps' }).getByRole('checkbox').nth(1).check()
      await expect(section.getByRole('table', { name: 'Figures now and with the changes' })).toBeVisible()
      await section.evaluate((element) => element.scrollIntoView())
      await take('what-if')
      await picture.scrollIntoViewIfNeeded()
      await take('what-if-picture')
      await page.goto('/explore')
      await take('explore')
      await page.goto(`/explore?start=${reaching.node.id}&end=${resource.id}`)
      await take('paths')
      await page.goto('/explore/choke-points')
      await take('choke-points')
      await page.goto('/explore/crown-jewels')
      await take('crown-jewels')
      await page.goto('/resources?sort=sensitivity')
      await take('resources')
      await page.goto(`/resources/${resource.id}`)
      await take('resource')
      await page.goto('/settings/sensitivity')
      await take('sensitivity')
      await page.goto('/import')
      await take('imports')
      await page.locator('input[type=file]:not([data-folder])').setInputFiles(account)
      await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
      await take('import')
      await page.goto('/audit')
      await take('audit')
      await page.goto('/settings/members')
      await take('settings')
      await page.goto('/reference')
      await take('reference')
    })

    test(`pictures of connections in ${theme} at ${width}`, async ({ page, signInAs }) => {
      test.setTimeout(180_000)
      await signInAs('security')
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height })
      const take = pictureTaker(page, theme, width)
      await page.goto('/connections')
      await take('connections')
      await page.getByRole('link', { name: 'Demo shop' }).click()
      await expect(page.getByRole('heading', { name: 'Demo shop' })).toBeVisible()
      await page.getByRole('button', { name: 'Sync now' }).click()
      await expect(page.getByRole('button', { name: 'Sync now' })).toBeVisible({ timeout: 60_000 })
      await take('connection')
      await page.goto('/connections/new')
      await page.getByRole('radio', { name: /PostgreSQL/ }).check()
      await take('add-connection')
      const form = page.getByRole('form', { name: 'New connection' })
      const server = new URL(process.env.E2E_SUPERUSER_URL ?? '')
      await form.getByLabel('Host').fill('127.0.0.1')
      await form.getByLabel('Port').fill(server.port)
      await form.getByRole('combobox', { name: /Encryption/ }).click()
      await page.getByRole('option', { name: /^None/ }).click()
      await form.getByLabel('Role', { exact: true }).fill(decodeURIComponent(server.username))
      await form.getByLabel('Password', { exact: true }).fill(decodeURIComponent(server.password))
      await form.getByRole('button', { name: 'Test the connection' }).click()
      await expect(form.getByRole('status').filter({ hasText: 'It signed in' })).toBeVisible()
      await form.getByRole('button', { name: 'Test the connection' }).scrollIntoViewIfNeeded()
      await take('test-connection')
    })
  }
}
