import type { Page } from '@playwright/test'
import { accessibilityFaults, expect, test } from './fixtures'
import { letsIn, onServer, openSession } from './shop-server'

// A rehearsed cut on the demo organization's live PostgreSQL connection, as people do it in the browser; what the page says is
// held against plain logins from outside, and against the server's own list of roles.

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const real = { name: 'checkout_api', password: 'password-of-the-checkout-1' }
const drillName = 'Cut the checkout'

const canaries = () =>
  onServer<{ name: string; canLogin: boolean; groups: string[] }>(
    `SELECT r.rolname AS name, r.rolcanlogin AS "canLogin", array(SELECT g.rolname::text FROM pg_auth_members m
       JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS groups
     FROM pg_roles r WHERE r.rolname LIKE 'bailiwick\\_canary\\_%'`,
  )

async function choose(page: Page, label: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: label }).fill(real.name)
  // Another connection of the tests reads the same server: the one of the demo is in production.
  await dialog.getByRole('option', { name: /checkout_api.*production/ }).click()
}

test.beforeAll(async () => {
  await onServer(`ALTER ROLE ${real.name} LOGIN PASSWORD '${real.password}' VALID UNTIL 'infinity' CONNECTION LIMIT -1`)
})

test('a canary drill is planned, begun and watched, while the real account works on', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/drills')
  await expect(page.getByRole('heading', { name: 'Drills', exact: true })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Plan a drill' }).first().click()
  const form = page.getByRole('dialog', { name: 'Plan a drill' })
  await form.getByLabel('Name', { exact: true }).fill(drillName)
  await expect(form.getByRole('radio', { name: /^Canary/ })).toBeChecked()
  await choose(page, 'Whose access is cut')
  await choose(page, 'Who must keep access')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await form.getByRole('button', { name: 'Plan this drill' }).click()
  await expect(page).toHaveURL(/\/drills\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(drillName)
  await expect(page.getByText('It was never begun')).toBeVisible()
  // Nothing is done by planning.
  expect(await canaries()).toEqual([])
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: `Begin ${drillName}?` })
  await expect(dialog.getByRole('region', { name: 'What will be done' })).toContainText('An account is made')
  await dialog.getByLabel(/^Secret of checkout_api/).fill(real.password)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const outside = watch()
  await dialog.getByRole('button', { name: 'Begin with a canary' }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const shown = page.getByRole('region', { name: 'What the drill shows' })
  const logins = shown.locator('[data-hop=source]')
  const sessions = shown.locator('[data-hop=sessions]')
  await expect(logins).toContainText('Cut', { timeout: 60_000 })
  await expect(logins).toContainText(/after 0\.\d\d s/)
  await expect(sessions).toContainText(/after \d/)
  await expect(
    page.getByRole('status').filter({ hasText: /^Cut after .*, within 5\.0 s|^Cut after .*, within 5 s/ }),
  ).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('region', { name: 'Who must keep access' })).toContainText('Kept access')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const seen = await outside.end()
  // The canary was there in the groups of the real one, and its login was taken away; the real one was never refused.
  expect(seen.canaries.some(({ canLogin, groups }) => canLogin && groups.includes('shop_writers'))).toBe(true)
  expect(seen.canaries.some(({ canLogin }) => !canLogin)).toBe(true)
  expect(seen.logins.length).toBeGreaterThan(3)
  expect(seen.logins.every((isIn) => isIn)).toBe(true)
  expect(await canaries()).toEqual([])
  expect(await page.content()).not.toContain(real.password)
  expect(asked.filter((url) => decodeURIComponent(url).includes(real.password))).toEqual([])
})

/** Looks at the server from outside until told to stop. */
function watch() {
  const seen = { canaries: [] as Awaited<ReturnType<typeof canaries>>, logins: [] as boolean[] }
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      seen.canaries.push(...(await canaries()))
      seen.logins.push(await letsIn(real.name, real.password))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return {
    end: async () => {
      isOver = true
      await looking
      return seen
    },
  }
}

test('the second run stands beside the first, and the times are counted', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/drills')
  await page.getByRole('table', { name: 'Drills' }).getByRole('link', { name: drillName }).press('Enter')
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Begin with a canary' }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const beside = page.getByRole('region', { name: 'Beside the last drill' })
  await expect(beside.getByRole('table')).toContainText('New logins', { timeout: 60_000 })
  await expect(beside).toContainText(/as before|slower|faster/)
  // Nobody gave a secret this time: the source’s word is no proof that somebody kept access.
  await expect(page.getByRole('region', { name: 'Who must keep access' })).toContainText('Not testable')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.goto('/drills')
  const times = page.getByRole('table', { name: 'How long a cut takes' })
  await expect(times.getByRole('row', { name: /postgresql password/ })).toContainText(/\d drills?/)
  await expect(
    page.getByRole('table', { name: 'Drills' }).getByRole('row', { name: new RegExp(drillName) }),
  ).toContainText('Cut')
  expect.soft(await accessibilityFaults(page)).toEqual([])
})

test('a live drill switches the real account off and on again, and says so by tried logins', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await page.goto('/drills')
  await page.getByRole('button', { name: 'Plan a drill' }).first().click()
  const form = page.getByRole('dialog', { name: 'Plan a drill' })
  await form.getByLabel('Name', { exact: true }).fill('The real checkout')
  await form.getByRole('radio', { name: /^Live/ }).check()
  await choose(page, 'Whose access is cut')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await form.getByRole('button', { name: 'Plan this drill' }).click()
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Begin The real checkout?' })
  await expect(dialog).toContainText('What uses it fails meanwhile.')
  await dialog.getByLabel(`Secret of ${real.name}, which is cut`).fill(real.password)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // What a service holds open while the drill runs ends with it.
  const session = await openSession(real.name, real.password)
  const outside = watch()
  await dialog.getByRole('button', { name: `Switch ${real.name} off and on` }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const logins = page.getByRole('region', { name: 'What the drill shows' }).locator('[data-hop=source]')
  await expect(logins).toContainText(/Cut.*after \d+\.\d+ s/s, { timeout: 60_000 })
  await expect(page.getByRole('status').filter({ hasText: /^Cut after/ })).toBeVisible({ timeout: 60_000 })
  const seen = await outside.end()
  // In at first, then refused, and in again for good: the page's last word is the server's own.
  expect(seen.logins[0]).toBe(true)
  expect(seen.logins.join().replaceAll(/(true|false)(,\1)+/g, '$1')).toBe('true,false,true')
  expect(session.isOpen()).toBe(false)
  expect(await letsIn(real.name, real.password)).toBe(true)
  expect(await canaries()).toEqual([])
  expect(await page.content()).not.toContain(real.password)
  expect.soft(await accessibilityFaults(page)).toEqual([])
})

test('a drill on paper says that nothing was tried', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/drills')
  await page.getByRole('button', { name: 'Plan a drill' }).first().click()
  const form = page.getByRole('dialog', { name: 'Plan a drill' })
  await form.getByLabel('Name', { exact: true }).fill('On paper')
  await form.getByRole('radio', { name: /^Tabletop/ }).check()
  await choose(page, 'Whose access is cut')
  await form.getByRole('button', { name: 'Plan this drill' }).click()
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Begin on paper' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Done on paper: nothing was tried.' })).toBeVisible({
    timeout: 60_000,
  })
  await expect(page.getByRole('region', { name: 'What the drill shows' })).toContainText('On paper')
  expect.soft(await accessibilityFaults(page)).toEqual([])
})

test('an auditor sees what was shown and begins nothing; a member sees none of it', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/drills')
  await expect(page.getByRole('table', { name: 'Drills' }).getByRole('link', { name: drillName })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Plan a drill' })).toHaveCount(0)
  await page.getByRole('table', { name: 'Drills' }).getByRole('link', { name: drillName }).press('Enter')
  await expect(page.getByRole('table', { name: 'Runs of this drill' }).getByRole('link').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Begin', exact: true })).toHaveCount(0)
  await signInAs('member')
  await page.goto('/drills')
  await expect(page.getByText('You may not see the drills')).toBeVisible()
})

// The pictures of the documentation. SCREENSHOTS=docs/screenshots npm test -- e2e e2e/drills.spec.ts
const folder = process.env.SCREENSHOTS
for (const theme of folder ? (['light', 'dark'] as const) : []) {
  for (const width of [1440, 390]) {
    test(`pictures in ${theme} at ${width}`, async ({ page, signInAs }) => {
      await signInAs('security')
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
      const take = async (name: string, fullPage = width === 390) => {
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
        await page.waitForTimeout(600)
        const file = `${folder}/${name}-${theme}${width === 1440 ? '' : `-${width}`}.png`
        await page.screenshot({ path: file, fullPage })
      }
      await page.goto('/drills')
      await expect(page.getByRole('table', { name: 'Drills' }).getByRole('link').first()).toBeVisible()
      await take('drills')
      await page.getByRole('table', { name: 'Drills' }).getByRole('link', { name: drillName }).click()
      await expect(page.getByRole('table', { name: 'Runs of this drill' })).toBeVisible()
      await take('drill')
      await page.getByRole('table', { name: 'Runs of this drill' }).getByRole('link').first().click()
      await expect(page.getByRole('region', { name: 'Beside the last drill' })).toBeVisible()
      await take('drill-result', true)
      await page.goto('/drills')
      await page.getByRole('button', { name: 'Plan a drill' }).first().click()
      await expect(page.getByRole('dialog', { name: 'Plan a drill' })).toBeVisible()
      await take('plan-drill', false)
    })
  }
}
