import type { Page } from '@playwright/test'
import { expect, mintSession, test } from './fixtures'

/** The number in the head of the list: "132 identities match the filter". */
async function total(page: Page): Promise<number> {
  const head = page.getByText(/^[\d,]+ (identit|credential)/).first()
  await expect(head).toBeVisible()
  return Number.parseInt(((await head.textContent()) ?? '').replaceAll(',', ''), 10)
}

const rows = (page: Page) => page.getByRole('table').locator('tbody tr')

// One after the other: some of these change what others count.
test.describe.configure({ mode: 'default' })

test('every number of the overview opens a list of exactly as many', async ({ page, signInAs }) => {
  test.slow()
  await signInAs('security')
  const links = page.getByRole('region', { name: /need someone/ }).getByRole('link')
  await page.goto('/')
  const questions = await links.count()
  expect(questions).toBeGreaterThan(8)
  for (let question = 0; question < questions; question += 1) {
    // Taken again when an import of another test comes between the two pages.
    await expect(async () => {
      await page.goto('/')
      const lines = (await links.nth(question).innerText()).split('\n')
      const count = Number((lines.find((line) => /^[\d,]+$/.test(line)) ?? '').replaceAll(',', ''))
      await links.nth(question).click()
      await expect(page).toHaveURL(/\/inventory/)
      expect(await total(page), lines.join(' ')).toBe(count)
    }).toPass({ timeout: 40_000 })
  }
})

test('filter, sort and page are in the address, and come back with it', async ({ page, signInAs, context }) => {
  await signInAs('reviewer')
  await page.goto('/inventory')
  const all = await total(page)
  const filters = page.getByRole('search', { name: 'Filter identities' })
  await filters.getByRole('button', { name: /^Owner/ }).click()
  await page.getByRole('option', { name: /No owner/ }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/owner=none/)
  await expect.poll(() => total(page)).toBeLessThan(all)
  await page.getByRole('columnheader', { name: 'Privilege' }).getByRole('button').click()
  await expect(page).toHaveURL(/sort=privilege/)
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await expect(page).toHaveURL(/cursor=/)
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  const names = await rows(page).allInnerTexts()

  const other = await context.newPage()
  await other.goto(page.url())
  await expect(other.locator('[aria-busy=true]')).toHaveCount(0)
  expect(await rows(other).allInnerTexts()).toEqual(names)
  await other.close()

  await page.goBack()
  await expect(page).not.toHaveURL(/cursor=/)
  await filters.getByPlaceholder('Name, ARN or id').fill('no such identity')
  await expect(page.getByText('No identities match')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter', exact: true }).click()
  await expect.poll(() => total(page)).toBeGreaterThanOrEqual(all)
})

test('a row opens beside the list, its link opens the page, by keyboard alone', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/inventory')
  const name = rows(page).first().getByRole('link').first()
  await rows(page).first().locator('td').nth(3).click()
  await expect(page).toHaveURL(/selected=/)
  const panel = page.getByRole('dialog')
  await expect(panel.getByText('Id at its source')).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Assign owner' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page).not.toHaveURL(/selected=/)
  await name.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}$/)
  for (const tab of ['Owners', 'Credentials', 'Access', 'History']) {
    await page.getByRole('link', { name: new RegExp(`^${tab}`) }).click()
    await expect(page).toHaveURL(new RegExp(`tab=${tab.toLowerCase()}`))
  }
})

test('an owner is assigned to several, confirmed on the page, and stands in the history', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await page.goto('/inventory?owner=none&sort=name&dir=desc')
  const boxes = page.getByRole('table').getByRole('checkbox')
  const address = (await rows(page).first().getByRole('link').first().getAttribute('href')) ?? ''
  await boxes.nth(1).click()
  await boxes.nth(2).click({ modifiers: ['Shift'] })
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Assign owner' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByPlaceholder('Team, name or e-mail address').fill('Platform')
  await dialog
    .getByRole('option', { name: /Platform/ })
    .first()
    .click()
  await expect(dialog.getByText('2 will change')).toBeVisible()
  await dialog.getByRole('button', { name: 'Assign Platform to 2 identities' }).click()
  await expect(page.getByText('Platform assigned to 2 identities')).toBeVisible()

  await page.goto(address)
  await page.getByRole('link', { name: /^Owners/ }).click()
  await expect(page.getByText('Technical owners run it')).toBeVisible()
  await page.getByRole('listitem').filter({ hasText: 'Platform' }).getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm Platform' }).click()
  await expect(page.getByText(/Platform answers for it, confirmed/)).toBeVisible()
  await page.getByRole('link', { name: /^History/ }).click()
  await expect(page.getByText('confirmed Platform as technical owner')).toBeVisible()
  await expect(page.getByText('assigned Platform as technical owner')).toBeVisible()
})

test('a member sees what they answer for, and nothing else', async ({ page, signInAs, browser, database }) => {
  await signInAs('member')
  await page.goto('/inventory')
  const mine = await total(page)
  const context = await browser.newContext()
  await mintSession(database, context, 'admin')
  const admin = await context.newPage()
  await admin.goto(new URL('/inventory?owner=none', page.url()).href)
  expect(await total(admin)).toBeGreaterThan(0)
  const foreign = await rows(admin).first().getByRole('link').first().getAttribute('href')
  await admin.goto(new URL('/inventory', page.url()).href)
  expect(await total(admin)).toBeGreaterThan(mine)
  await context.close()
  await page.goto(foreign ?? '')
  await expect(page.getByText('You may not see the identity')).toBeVisible()
  await page.goto('/inventory/00000000-0000-7000-8000-000000000000')
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
})
