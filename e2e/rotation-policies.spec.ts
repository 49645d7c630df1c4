import type { Page } from '@playwright/test'
import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { letsIn, onServer } from './shop-server'

// A rotation policy of the demo organization: written with its preview, seen on the board, and done from there; what the board
// says is held against plain logins from outside.

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const account = 'backup_agent'
const old = 'old-password-of-the-backup-1'

const board = (page: Page) => page.getByRole('table', { name: 'Due rotations' })

test('a policy says what it would do before it is kept, its board what is due, and what is due is rotated from there', async ({
  page,
  signInAs,
  database,
}) => {
  await onServer(`ALTER ROLE ${account} LOGIN PASSWORD '${old}' VALID UNTIL 'infinity' CONNECTION LIMIT -1`)
  // Nobody says how old its password is: it counts from its first sight, which was long ago.
  const name = new URL(process.env.DATABASE_URL ?? 'http://x').pathname.slice(1)
  const { rows } = await database.query<{ name: string }>('SELECT current_database() AS name')
  await onServer(
    `UPDATE credential c SET first_seen_at = now() - interval '100 days', issued_at = NULL, rotated_at = NULL
     FROM identity i WHERE i.org_id = c.org_id AND i.id = c.identity_id AND i.name = $1`,
    [account],
    rows[0]?.name ?? name,
  )
  await signInAs('security')
  await page.goto('/runs/due')
  await page.getByRole('link', { name: 'New policy' }).first().click()
  await expect(page).toHaveURL('/runs/policies/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Passwords of the shop')
  await page.getByLabel('Part of the name').fill(account)
  const preview = page.getByRole('region', { name: 'What it would do' })
  await expect(preview).toContainText('It covers')
  await expect(preview.getByRole('listitem').filter({ hasText: account }).first()).toBeVisible()
  await expect(preview).toContainText('Nothing begins by itself')
  // A link waits for a person: the form says what that means before anything is kept.
  await page.getByRole('combobox', { name: 'What happens' }).click()
  await page.getByRole('option', { name: /^Rotate it when it is due/ }).click()
  await expect(preview).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('combobox', { name: 'What happens' }).click()
  await page.getByRole('option', { name: /^Only show what is due/ }).click()
  await page.getByRole('button', { name: 'Keep this policy' }).click()
  await expect(page).toHaveURL(/\/runs\/due$/)
  const line = board(page)
    .getByRole('row')
    .filter({ hasText: account })
    .filter({ hasText: 'through' })
    .filter({ hasText: 'production' })
  await expect(line).toContainText('Due', { timeout: 30_000 })
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'due', false)
  await line.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Rotate 1 credential now' }).click()
  const dialog = page.getByRole('dialog', { name: `Rotate ${account}?` })
  await dialog.getByPlaceholder('Name or e-mail address').fill('security@demo')
  await expect(dialog.getByRole('option')).toHaveCount(1)
  await dialog.getByRole('option').click()
  await dialog.getByLabel(/^Its secret/).fill(old)
  await dialog.getByRole('button', { name: 'Planned rotation' }).click()
  await dialog.getByRole('button', { name: `Rotate ${account}` }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  await page.getByRole('link', { name: 'Take it' }).click()
  await page.getByRole('button', { name: 'Show it now' }).click()
  const secret = (await page.locator('main code').innerText()).trim()
  expect([await letsIn(account, old), await letsIn(account, secret)]).toEqual([false, true])
  await page.goto('/runs/due?state=rotating')
  await expect(board(page).getByRole('row').filter({ hasText: account })).toContainText('In a rotation', {
    timeout: 30_000,
  })
  await page.goto('/runs/policies')
  await page.getByRole('link', { name: 'Passwords of the shop' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Passwords of the shop')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'rotation-policy')
  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByRole('button', { name: 'Switch on' })).toBeVisible()
  await expect(page.getByText('version 2').first()).toBeVisible()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete the policy' }).click()
  await expect(page).toHaveURL('/runs/policies')
})

test('nobody but those who may writes a policy', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/runs/policies')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rotation policies')
  await expect(page.getByRole('link', { name: 'New policy' })).toHaveCount(0)
  await page.goto('/runs/due')
  await expect(page.getByRole('button', { name: /Rotate/ })).toHaveCount(0)
})
