import type { Locator, Page } from '@playwright/test'
import { expect, mintSession, test } from './fixtures'

/** The number in the head of the list: "132 identities match the filter". */
async function total(page: Page): Promise<number> {
  const head = page.getByText(/^[\d,]+ (identit|credential)/).first()
  await expect(head).toBeVisible()
  return Number.parseInt(((await head.textContent()) ?? '').replaceAll(',', ''), 10)
}

const rows = (page: Page) => page.getByRole('table').locator('tbody tr')
const rowAt = (page: Page, index: number) => page.getByRole('table').locator(`tr[aria-rowindex="${index + 2}"]`)

/** Nothing is on its way any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('table')).toBeVisible()
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
}

/** The row of the list that has the focus, by its link. */
const focusedLink = (page: Page) => page.locator('tbody tr:focus-within').getByRole('link').first()

/** The name in a row's link, which says it whole for readers of the screen and in two parts for the eye. */
async function nameOf(link: Locator): Promise<string> {
  return ((await link.innerText()).split('\n')[0] ?? '').trim()
}

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

test('filter, sort and position are in the address, and come back with it', async ({ page, signInAs, context }) => {
  await signInAs('reviewer')
  await page.goto('/inventory')
  const all = await total(page)
  const filters = page.getByRole('search', { name: 'Filter identities' })
  await filters.getByRole('button', { name: /^Kind/ }).click()
  await page
    .getByRole('option', { name: /IAM role/ })
    .first()
    .click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/kind=iam_role/)
  await expect.poll(() => total(page)).toBeLessThan(all)
  await page.getByRole('columnheader', { name: 'Privilege' }).getByRole('button').click()
  await expect(page).toHaveURL(/sort=privilege/)
  await settled(page)
  await page.getByRole('table').hover()
  await page.mouse.wheel(0, 36 * 8)
  await expect(page).toHaveURL(/at=8/)
  const name = await nameOf(rowAt(page, 8).getByRole('link').first())

  const other = await context.newPage()
  await other.goto(page.url())
  await settled(other)
  await expect(rowAt(other, 8).getByRole('link').first()).toContainText(name)
  await expect(rowAt(other, 8)).toBeInViewport()
  await other.close()

  await filters.getByPlaceholder('Name, ARN or id').fill('no such identity')
  await expect(page.getByText('No identities match')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter', exact: true }).click()
  await expect.poll(() => total(page)).toBeGreaterThanOrEqual(all)
})

test('every row is reached by keyboard, with few of them in the page', async ({ page, signInAs }) => {
  await signInAs('security')
  // Of a kind that no other test adds to: the rows stay where they are.
  await page.goto('/inventory?kind=iam_role')
  const count = await total(page)
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', String(count + 1))
  await page.keyboard.press('j')
  await expect(rowAt(page, 0).getByRole('link').first()).toBeFocused()
  await page.keyboard.press('End')
  await expect(
    rowAt(page, count - 1)
      .getByRole('link')
      .first(),
  ).toBeFocused()
  await expect(rowAt(page, count - 1)).toBeInViewport()
  await page.keyboard.press('ArrowUp')
  await expect(
    rowAt(page, count - 2)
      .getByRole('link')
      .first(),
  ).toBeFocused()

  expect(await rows(page).count()).toBeLessThanOrEqual(100)

  await page.keyboard.press('Home')
  await expect(rowAt(page, 0).getByRole('link').first()).toBeFocused()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await page.keyboard.press('g')
  await page.keyboard.press('j')
  await page.getByRole('textbox', { name: 'Jump to' }).fill('50%')
  await page.keyboard.press('Enter')
  const half = Math.round((count - 1) / 2)
  await expect(rowAt(page, half).getByRole('link').first()).toBeFocused()
  const name = await nameOf(rowAt(page, half).getByRole('link').first())
  await page.keyboard.press('Home')
  await page.keyboard.press('g')
  await page.keyboard.press('j')
  await page.getByRole('textbox', { name: 'Jump to' }).fill(name)
  await page.keyboard.press('Enter')
  await expect(page.locator('tr:focus-within')).toContainText(name)
})

test('Back leads to the same rows', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/inventory?kind=iam_role')
  await total(page)
  await page.keyboard.press('j')
  await expect(rowAt(page, 0).getByRole('link').first()).toBeFocused()
  for (let turn = 0; turn < 4; turn += 1) {
    await page.keyboard.press('PageDown')
    await expect(focusedLink(page)).toBeFocused()
  }
  await expect(page).toHaveURL(/at=\d+/)
  const address = (await focusedLink(page).getAttribute('href')) ?? ''
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}$/)
  await page.goBack()
  await expect(page).toHaveURL(/at=\d+/)
  await expect(page.getByRole('table').locator(`a[href="${address}"]`).first()).toBeInViewport()
})

test('columns are ordered, widened, hidden and reset by keyboard alone', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/inventory')
  await settled(page)
  const headers = page.getByRole('columnheader')
  const names = async () => (await headers.allInnerTexts()).map((text) => text.trim())
  const before = await names()
  const chooser = page.getByRole('button', { name: 'Columns and density' })
  await chooser.press('Enter')
  const panel = page.getByRole('dialog', { name: 'Columns and density' })
  const left = panel.getByRole('button', { name: 'Move Owner to the left' })
  await left.focus()
  await page.keyboard.press('Enter')
  await expect(left).toBeFocused()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await names()).indexOf('Owner')).toBe(before.indexOf('Owner') - 2)
  await expect(page).toHaveURL(/cols=name,owner,kind/)
  await panel.getByRole('checkbox', { name: 'Kind' }).press('Space')
  await expect(headers.filter({ hasText: 'Kind' })).toHaveCount(0)
  await panel.getByRole('button', { name: 'Keep Owner in sight' }).press('Enter')
  await expect(page).toHaveURL(/cols=owner!/)
  await page.keyboard.press('Escape')

  const edge = page.getByRole('separator', { name: 'Width of Environment' })
  const width = Number(await edge.getAttribute('aria-valuenow'))
  await edge.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(edge).toHaveAttribute('aria-valuenow', String(width + 48))
  await expect(page).toHaveURL(new RegExp(`environment\\.${width + 48}`))

  await chooser.press('Enter')
  await panel.getByRole('button', { name: 'Reset' }).press('Enter')
  await expect.poll(names).toEqual(before)
  await expect(page).not.toHaveURL(/cols=/)
})

test('the list is divided into groups that hold all of it', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/inventory')
  for (const group of ['Owner', 'Environment', 'Source']) {
    await page.getByRole('button', { name: /^(Group|By )/ }).press('Enter')
    await page.getByRole('menuitemradio', { name: group }).press('Enter')
    await expect(page).toHaveURL(new RegExp(`group=${group.toLowerCase()}`))
    const heads = page.locator('tbody').getByRole('button', { expanded: false })
    // Read anew when another test adds some between the two numbers.
    await expect(async () => {
      await page.goto(page.url())
      await expect(heads.first()).toBeVisible()
      await settled(page)
      const count = await total(page)
      const texts = await heads.allInnerTexts()
      const counts = texts.map((text) => Number(/([\d,]+)$/.exec(text)?.[1]?.replaceAll(',', '')))
      const sum = counts.reduce((all, one) => all + one, 0)
      const groups = Number(await page.getByRole('table').getAttribute('aria-rowcount')) - 1
      // Only the groups in sight are in the page.
      if (counts.length === groups) expect(sum).toBe(count)
      else expect(sum).toBeLessThan(count)
    }).toPass({ timeout: 60_000 })
    await heads.first().press('Enter')
    await expect(page).toHaveURL(/open=/)
    await expect(rowAt(page, 1).getByRole('link').first()).toBeVisible()
    await page.locator('tbody').getByRole('button', { expanded: true }).press('Enter')
    await expect(page).not.toHaveURL(/open=/)
  }
})

test('rows, ranges and all that match are selected, each in its words', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/inventory?environment=production')
  const count = await total(page)
  const bar = page.getByRole('toolbar', { name: 'Selection' })
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await expect(bar).toContainText('1 identity selected')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(bar).toContainText('3 identities selected')
  await page.getByRole('button', { name: 'What to select' }).press('Enter')
  await page.getByRole('menuitem', { name: /^All [\d,]+ identities that match/ }).press('Enter')
  await expect(bar).toContainText(/^All [\d,]+ identities that matched/)
  // Other tests may bring some in meanwhile.
  const held = Number((await bar.innerText()).replace(/ identities[\s\S]*$/, '').replaceAll(/\D/g, ''))
  expect(held).toBeGreaterThanOrEqual(count)
  await expect(rows(page).first().getByRole('checkbox')).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(bar).toHaveCount(0)
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
  for (const tab of ['Ownership', 'Credentials', 'Access', 'History']) {
    await page.getByRole('link', { name: new RegExp(`^${tab}(?! for)`) }).click()
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
  await page.getByRole('link', { name: /^Ownership/ }).click()
  await expect(page.getByText('Technical owners run it')).toBeVisible()
  await page.getByRole('listitem').filter({ hasText: 'Platform' }).getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm Platform' }).click()
  await expect(page.getByText(/Platform answers for it, confirmed/)).toBeVisible()
  await page.getByRole('link', { name: /^History/ }).click()
  await expect(page.getByText('confirmed Platform as technical owner')).toBeVisible()
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
