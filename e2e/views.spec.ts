import fs from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, mintSession, test } from './fixtures'

// One after the other: they share one person's views.
test.describe.configure({ mode: 'default' })

const bar = (page: Page) => page.getByRole('region', { name: 'View', exact: true })
const menu = (page: Page) => bar(page).getByRole('button', { name: /^View:/ })
const unique = () => `Robots ${Date.now().toString(36)}`

/** The number in the head of the list. */
async function total(page: Page): Promise<number> {
  const head = page.getByText(/^[\d,]+ (identit|credential)/).first()
  await expect(head).toBeVisible()
  return Number.parseInt(((await head.textContent()) ?? '').replaceAll(',', ''), 10)
}

test('every view tells its count, and opens a list of as many, by keyboard alone', async ({ page, signInAs }) => {
  await signInAs('security')
  // Taken again when a change by another test comes between the two numbers.
  await expect(async () => {
    await page.goto('/inventory')
    await expect(menu(page)).toBeVisible()
    await page.keyboard.press('v')
    const option = page.getByRole('option', { name: /^No owner/ })
    await expect(option).toContainText(/\d/)
    const count = Number(((await option.textContent()) ?? '').replace(/^No owner/, '').replaceAll(/\D/g, ''))
    await page.keyboard.type('no owner')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/owner=none/)
    await expect(menu(page)).toHaveAccessibleName('View: No owner')
    await expect.poll(() => total(page), { timeout: 5000 }).toBe(count)
  }).toPass({ timeout: 60_000 })
})

test('a view is saved, changed, reset, shared by link, deleted and taken back', async ({
  page,
  signInAs,
  browser,
  database,
}) => {
  await signInAs('security')
  const name = unique()
  await page.goto('/inventory?kind=service_account&sort=privilege&dir=desc')
  await bar(page).getByRole('button', { name: 'Save as…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Share with everybody').check()
  await dialog.getByRole('button', { name: 'Save view' }).click()
  await expect(page.getByText(`View ${name} saved`)).toBeVisible()
  await expect(menu(page)).toHaveAccessibleName(`View: ${name}`)
  await expect(page).toHaveURL(/from=/)
  const id = new URL(page.url()).searchParams.get('from') ?? ''

  await page.goto(`/inventory?kind=bot&from=${id}`)
  await expect(bar(page).getByText('Modified')).toBeVisible()
  await bar(page).getByRole('button', { name: 'Reset' }).click()
  await expect(page).toHaveURL(/kind=service_account/)
  await expect(bar(page).getByText('Modified')).toHaveCount(0)

  // Another person opens the link and sees what they may see; nobody of another organization would.
  const context = await browser.newContext()
  await mintSession(database, context, 'reviewer')
  const other = await context.newPage()
  await other.goto(new URL(`/inventory?view=${id}`, page.url()).href)
  await expect(other).toHaveURL(/kind=service_account/)
  await expect(menu(other)).toHaveAccessibleName(`View: ${name}`)
  await other.goto(new URL('/inventory?view=00000000-0000-7000-8000-000000000000', page.url()).href)
  await expect(other.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
  await context.close()

  await menu(page).click()
  await page.getByRole('option', { name: 'Manage views…' }).click()
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByText(`View ${name} deleted`)).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText(`View ${name} is back`)).toBeVisible()
})

test('views are found in the palette', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('admin in production')
  await page.getByRole('option', { name: /Admin in production/ }).click()
  await expect(page).toHaveURL(/privilege=admin/)
  await expect(menu(page)).toHaveAccessibleName('View: Admin in production')
})

test('a leaked key is looked up, and stays out of the address', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/inventory')
  await page.getByRole('button', { name: 'Whose key is this?' }).click()
  const dialog = page.getByRole('dialog')
  const box = dialog.getByRole('textbox', { name: 'The key itself' })
  await box.fill('no-such-key-in-any-system-0000')
  await dialog.getByRole('button', { name: 'Find its owner' }).click()
  await expect(dialog.getByRole('region', { name: 'Found' })).toBeVisible()
  await expect(box).toHaveValue('')
  expect(page.url()).not.toContain('no-such-key')
})

test('a key in the wrong box is not searched for', async ({ page, signInAs }) => {
  const key = ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_')
  const asked: string[] = []
  page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`))
  await signInAs('security')
  await page.goto('/inventory')
  const box = page.getByRole('combobox', { name: 'Filter identities' })
  await box.fill(`billing ${key}`)
  await expect(page.getByText('This looks like a secret. It was not searched for.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await page
    .getByRole('combobox', { name: 'Command palette' })
    .or(page.getByRole('dialog').getByRole('combobox'))
    .fill(key)
  await expect(page.getByText('This looks like a secret. It is not searched for here')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Whose key is this?' })).toBeVisible()
  expect(asked.filter((text) => text.includes('ghp_'))).toEqual([])
  await page.goto(`/inventory?q=${key}`)
  await expect(page.getByText('A part of this address was left aside')).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText('ghp_')
})

test('a filter that is being written is not searched for', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/inventory')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const box = page.getByRole('combobox', { name: 'Filter identities' })
  // Slower than what the box takes for a pause.
  await box.pressSequentially('owner:none', { delay: 400 })
  await expect(page).toHaveURL(/owner=none/)
  expect(asked.filter((url) => /[?&]q=own/.test(url))).toEqual([])
})

test('what is on the screen is exported, and the trail says so', async ({ page, signInAs }) => {
  await signInAs('security')
  // Roles of the demo's account: other tests import files at the same time, none of them roles.
  await page.goto('/inventory?kind=iam_role')
  const count = await total(page)
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /^CSV\s*for programs/ }).click()
  const file = await (await download).path()
  const lines = fs.readFileSync(file, 'utf8').trim().split('\r\n')
  expect(lines[0]).toMatch(/^id,name,/)
  expect(lines.length).toBe(count + 1)
  await page.goto('/audit')
  await expect(page.getByText('identity.export').first()).toBeVisible()
})
