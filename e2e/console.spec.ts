import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

/** The page answers keys; nothing that is fetched in idle time needs to be there yet. */
async function openAlive(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.waitForFunction(() => {
    const main = document.querySelector('main')
    return main !== null && Object.keys(main).some((name) => name.startsWith('__reactProps$'))
  })
}

test('the palette opens by its key as soon as the page is there, and leads on', async ({ page, signInAs }) => {
  await signInAs('admin')
  await openAlive(page, '/inventory')
  await page.keyboard.press('ControlOrMeta+k')
  const box = page.getByRole('dialog', { name: 'Command palette' }).getByRole('combobox')
  await expect(box).toBeFocused()
  await box.fill('audit')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/audit/)
})

test('a menu opens, is walked and closed by keys, and gives the focus back', async ({ page, signInAs }) => {
  await signInAs('admin')
  await openAlive(page, '/inventory')
  const trigger = page.getByRole('button', { name: /^Account of/ })
  await trigger.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitemradio', { name: 'As the system' })).toBeFocused()
  await expect(trigger).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitemradio', { name: 'Light' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(trigger).toBeFocused()
  await trigger.click()
  await expect(page.getByRole('menu')).toBeVisible()
  await trigger.click()
  await expect(page.getByRole('menu')).toHaveCount(0)
})

test('a filter is chosen by keys, and its button has the focus again', async ({ page, signInAs }) => {
  await signInAs('admin')
  await openAlive(page, '/inventory')
  await page.getByRole('button', { name: 'Kind', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Filter by Kind' })).toBeVisible()
  await expect(page.getByRole('option').first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/kind=/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Kind:/ })).toBeFocused()
})

test('a button says its name when it has the focus, until Escape', async ({ page, signInAs }) => {
  await signInAs('admin')
  await openAlive(page, '/inventory')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Columns and density' }).focus()
  await expect(page.getByRole('tooltip')).toHaveText('Columns and density')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tooltip')).toHaveCount(0)
})

test('on a telephone the filters are in a sheet of their own', async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signInAs('admin')
  await openAlive(page, '/inventory')
  await expect(page.getByRole('button', { name: 'Kind', exact: true })).toBeHidden()
  const button = page.getByRole('button', { name: /^Filters/ })
  await button.click()
  const sheet = page.getByRole('dialog', { name: 'Filters' })
  await sheet.getByText('Kind', { exact: true }).first().click()
  await sheet.getByRole('group', { name: 'Kind' }).getByRole('checkbox').first().check()
  await expect(page).toHaveURL(/kind=/)
  await sheet.getByRole('button', { name: 'Show the list' }).click()
  await expect(sheet).toHaveCount(0)
  await expect(button).toBeFocused()
  await expect(button).toHaveText(/Filters\s*1/)
  await expect(page.getByRole('button', { name: /^Kind:/ })).toBeVisible()
})

test('an address that no page has is said inside the console, as not found', async ({ page, signInAs }) => {
  await signInAs('admin')
  const response = await page.goto('/nowhere/at/all')
  expect(response?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Console' })).toBeVisible()
})
