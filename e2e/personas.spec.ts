import type { Page } from '@playwright/test'
import { expect, goByKeys, mintSession, test } from './fixtures'

// What each persona comes to the inventory for, from the first key to the last, with no pointer.

/** The number in the head of the list: "132 identities match the filter". */
async function total(page: Page): Promise<number> {
  const head = page.getByText(/^[\d,]+ (identit|credential)/).first()
  await expect(head).toBeVisible()
  return Number.parseInt(((await head.textContent()) ?? '').replaceAll(',', ''), 10)
}

test('a security analyst finds roles that administer and have no owner, and what the first may do', async ({
  page,
  signInAs,
  browser,
  database,
}) => {
  await signInAs('security')
  await page.goto('/')
  await goByKeys(page, 'i', /\/inventory/)
  const everything = await total(page)
  await expect(async () => {
    await page.keyboard.press('/')
    await expect(page.getByRole('combobox', { name: 'Filter identities' })).toBeFocused({ timeout: 1000 })
  }).toPass()
  await page.keyboard.type('privilege:admin owner:none kind:iam_role ')
  await expect(page).toHaveURL(/privilege=admin/)
  await expect(page).toHaveURL(/owner=none/)
  await expect(page).toHaveURL(/kind=iam_role/)
  await expect.poll(() => total(page)).toBeLessThan(everything)
  const found = await total(page)
  expect(found).toBeGreaterThan(0)

  // The address is the view: in another browser, and for another person of the organization, the same.
  const context = await browser.newContext()
  await mintSession(database, context, 'auditor')
  const other = await context.newPage()
  await other.goto(page.url())
  expect(await total(other)).toBe(found)
  await context.close()

  // The first closes what is suggested, the second leaves the box.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  const name = (
    (await page.locator('tr:focus-within').getByRole('link').first().innerText()).split('\n')[0] ?? ''
  ).trim()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await page.getByRole('link', { name: /^Access(?! for)/ }).press('Enter')
  await expect(page).toHaveURL(/tab=access/)
  await expect(page.getByRole('table').first().locator('tbody tr').first()).toBeVisible()
})

test('an administrator finds whose a leaked key is by its last four characters', async ({ page, signInAs }) => {
  await signInAs('admin')
  const known = await page.request.get('/api/v1/credentials?limit=100&type=api_key')
  const { items } = (await known.json()) as { items: { lastFour: string | null; name: string }[] }
  const key = items.find(({ lastFour }) => lastFour)
  if (!key?.lastFour) throw new Error('the demo has no key of which the last four characters are known')
  await page.goto('/inventory')
  await total(page)
  const dialog = page.getByRole('dialog', { name: 'Whose key is this?' })
  await expect(async () => {
    await page.keyboard.press('w')
    await expect(dialog).toBeVisible({ timeout: 1000 })
  }).toPass()
  await dialog.getByRole('combobox').press('Enter')
  await page.getByRole('option', { name: 'Its last four characters' }).press('Enter')
  await dialog.getByRole('textbox', { name: 'Its last four characters' }).focus()
  await page.keyboard.type(key.lastFour)
  await page.keyboard.press('Enter')
  const answer = dialog.getByRole('region', { name: 'Found' })
  await answer.getByRole('link', { name: key.name }).first().press('Enter')
  await expect(page).toHaveURL(/selected=/)
  await expect(page.getByRole('dialog').getByText(key.name).first()).toBeVisible()
})

test('an auditor sees who has changed an identity, and why it was allowed', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/')
  await goByKeys(page, 'a', /\/audit/)
  await expect(page.getByRole('table')).toBeVisible()
  await expect(async () => {
    await page.keyboard.press('j')
    await expect(page.locator('tr:focus-within')).toBeVisible({ timeout: 1000 })
  }).toPass()
  await page.keyboard.press('o')
  await expect(page.getByRole('dialog').getByText('Decision')).toBeVisible()
})

test('an identity of another organization is not there', async ({ page, signInAs, browser, database }) => {
  await signInAs('security')
  await page.goto('/inventory')
  const address = (await page.getByRole('table').getByRole('link').first().getAttribute('href')) ?? ''
  const context = await browser.newContext()
  const { sessionId } = await mintSession(database, context, 'admin')
  const elsewhere = await database.query<{ switched: string | null }>(
    `UPDATE session SET active_org_id = (
       SELECT m.org_id FROM resolve_memberships(user_id) m WHERE m.org_slug <> 'demo' ORDER BY m.org_slug LIMIT 1)
     WHERE id = $1 RETURNING active_org_id AS switched`,
    [sessionId],
  )
  expect(elsewhere.rows[0]?.switched).toBeTruthy()
  const other = await context.newPage()
  const answer = await other.goto(new URL(address, page.url()).href)
  expect(answer?.status()).toBe(404)
  await context.close()
})
