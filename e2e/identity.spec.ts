import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

// One after the other: they edit the same catalogue.
test.describe.configure({ mode: 'default', timeout: 180_000 })

/** The address of an identity that the filter finds, the `n`th by name. */
async function addressOf(page: Page, filter: string, n = 0): Promise<string> {
  await page.goto(`/inventory?${filter}`)
  const href = await page.getByRole('table').locator('tbody a[href^="/inventory/"]').nth(n).getAttribute('href')
  return href?.split('?')[0] ?? ''
}

/** One fact of the page, by its term. */
const fact = (page: Page, term: string) =>
  page
    .getByRole('region', { name: 'Facts', exact: true })
    .locator('dl > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${term}$`) }) })

async function edit(page: Page, term: string, text: string): Promise<void> {
  await fact(page, term)
    .getByRole('button', { name: `Edit ${term.toLowerCase()}` })
    .focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole(term === 'Environment' ? 'combobox' : 'textbox', { name: term })).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
  await page.keyboard.press(term === 'Description' ? 'ControlOrMeta+Enter' : 'Enter')
}

test('a fact is edited by keyboard in its place, keeps what the source says beside it, and goes back', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  const address = await addressOf(page, 'environment=production&sort=name')
  await page.goto(address)
  await edit(page, 'Environment', 'quarantine')
  await expect(page.getByText('Environment saved')).toBeVisible()
  const environment = fact(page, 'Environment')
  await expect(environment).toContainText('quarantine')
  await expect(environment).toContainText('edited here; the source says production')
  await expect(environment.getByRole('button', { name: 'Edit environment' })).toBeFocused()

  await page.reload()
  await expect(environment).toContainText('edited here; the source says production')
  await page.goto(`${address}?tab=history&field=environment`)
  const change = page.getByRole('listitem').filter({ hasText: 'edited environment' }).first()
  await change.locator('summary').focus()
  await page.keyboard.press('Enter')
  await expect(change.getByRole('row', { name: /environment/ })).toContainText('production')
  await expect(change.getByRole('row', { name: /environment/ })).toContainText('quarantine')

  await page.goto(address)
  await environment.getByRole('button', { name: /^Use what the source says/ }).click()
  await expect(environment).not.toContainText('edited here')
  await expect(environment).toContainText('production')
  const told = environment.getByRole('button', { name: /^as of/ })
  await told.focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('tooltip')).toContainText('read by')
})

test('of two who edit at once the second sees all three versions and decides', async ({ page, signInAs, context }) => {
  await signInAs('security')
  const address = await addressOf(page, 'sort=name', 3)
  await page.goto(address)
  const other = await context.newPage()
  await other.goto(address)
  await fact(page, 'Description').getByRole('button', { name: 'Edit description' }).click()
  await page.getByRole('textbox', { name: 'Description' }).fill('written in the first tab')

  await edit(other, 'Description', 'written in the second tab')
  await expect(other.getByText('Description saved')).toBeVisible()

  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody else edited this while you did' })
  const row = dialog.getByRole('row', { name: /Description/ })
  await expect(row).toContainText('written in the first tab')
  await expect(row).toContainText('written in the second tab')
  await other.reload()
  await expect(fact(other, 'Description')).toContainText('written in the second tab')

  await dialog.getByRole('radio', { name: 'Description: theirs' }).check()
  await expect(dialog.getByRole('button', { name: /^Save/ })).toBeDisabled()
  await dialog.getByRole('radio', { name: 'Description: mine' }).check()
  await dialog.getByRole('button', { name: 'Save mine' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(fact(page, 'Description')).toContainText('written in the first tab')
  await other.reload()
  await expect(fact(other, 'Description')).toContainText('written in the first tab')
  await other.close()
})

test('an edit that fails is taken back, with a word about what happened', async ({ page, signInAs }) => {
  await signInAs('security')
  const address = await addressOf(page, 'environment=production&sort=name', 1)
  await page.goto(address)
  await page.route('**/inventory/**', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 500, body: 'no' }) : route.continue(),
  )
  await edit(page, 'Environment', 'nowhere')
  await expect(page.getByText('Environment not saved')).toBeVisible()
  await expect(page.getByText('What was there before is shown again.')).toBeVisible()
  await expect(fact(page, 'Environment')).toContainText('production')
  await expect(fact(page, 'Environment')).not.toContainText('nowhere')
})

test('an auditor reads and edits nothing', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto(await addressOf(page, 'sort=name'))
  await expect(fact(page, 'Environment')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Edit / })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Except it from a rule' })).toHaveCount(0)
})

test('access is paged and filtered in the address, with few rows at a time and where each comes from', async ({
  page,
  signInAs,
}) => {
  await signInAs('reviewer')
  const address = await addressOf(page, 'privilege=admin&sort=privilege&dir=desc')
  await page.goto(`${address}?tab=access`)
  const rows = page.getByRole('table', { name: /^Access of/ }).locator('tbody tr')
  await expect(rows.first()).toBeVisible()
  expect(await rows.count()).toBeLessThanOrEqual(100)
  await page
    .getByRole('search', { name: 'Filter access' })
    .getByRole('button', { name: /^Privilege/ })
    .click()
  await page.getByRole('option', { name: /Admin/ }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/privilege=admin/)
  await rows.first().locator('td').nth(1).click()
  await expect(page).toHaveURL(/grant=/)
  await expect(page.getByRole('dialog').getByText('First seen here')).toBeVisible()
  await expect(page.getByRole('dialog').getByText('Told by')).toBeVisible()
  const link = page.url()
  await page.goto('/')
  await page.goto(link)
  await expect(page.getByRole('dialog').getByText('Told by')).toBeVisible()
})

test('every tab is an address, fits a telephone, and says who may not see it', async ({ page, signInAs }) => {
  await signInAs('admin')
  const address = await addressOf(page, 'sort=name')
  await page.setViewportSize({ width: 390, height: 844 })
  for (const tab of ['summary', 'ownership', 'credentials', 'access', 'history']) {
    await page.goto(`${address}?tab=${tab}`)
    await expect(page.getByRole('navigation', { name: /^Views of/ }).locator('[aria-current=page]')).toContainText(
      new RegExp(tab, 'i'),
    )
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow, tab).toBeLessThanOrEqual(0)
  }
})
