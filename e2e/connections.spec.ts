import pg from 'pg'
import { accessibilityFaults, expect, test } from './fixtures'

// Connections to running systems, against the PostgreSQL that the tests run on: added, tested, synced, changed, and kept from those who may not.

const role = 'e2e_connector'
const secret = 'let-me-read-the-roles-1'
const services = ['e2e_invoice_service', 'e2e_mail_relay']

/** The server's own superuser, for what an administrator would do there. */
async function onServer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.E2E_SUPERUSER_URL })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const place = () => new URL(process.env.E2E_SUPERUSER_URL ?? '')

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  await onServer(
    ...[role, ...services].map((name) => `DROP ROLE IF EXISTS ${name}`),
    `CREATE ROLE ${role} LOGIN PASSWORD '${secret}'`,
    ...services.map((name) => `CREATE ROLE ${name} LOGIN PASSWORD '${name}-password'`),
  )
})

test.afterAll(() => onServer(...[role, ...services].map((name) => `DROP ROLE IF EXISTS ${name}`)))

test('an administrator adds a PostgreSQL server, hears what is wrong, and reads it', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/connections')
  await expect(page.getByRole('link', { name: 'Demo shop' })).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('link', { name: 'Add connection' }).click()
  await expect(page.getByRole('heading', { name: 'Add a connection' })).toBeVisible()
  await page.getByRole('radio', { name: /PostgreSQL/ }).check()
  await expect(page).toHaveURL(/system=postgresql/)
  await expect(page.getByRole('region', { name: 'Discover only' })).toContainText('GRANT pg_monitor')

  const form = page.getByRole('form', { name: 'New connection' })
  await form.getByRole('button', { name: 'Test the connection' }).click()
  await expect(form.getByText('Is needed').first()).toBeVisible()
  await form.getByLabel('Host').fill('127.0.0.1')
  await form.getByLabel('Port').fill(place().port)
  await form.getByRole('combobox', { name: /Encryption/ }).click()
  await page.getByRole('option', { name: /^None/ }).click()
  await form.getByLabel('Database to sign in to').fill('postgres')
  await form.getByLabel('Databases to read').fill('postgres')
  await form.getByLabel('Role', { exact: true }).fill(role)
  await form.getByLabel('Password', { exact: true }).fill('not the password')
  await form.getByRole('button', { name: 'Test the connection' }).click()
  await expect(form.getByRole('alert')).toContainText('The login was refused')
  await expect(form.getByRole('alert')).toContainText('password')

  await form.getByLabel('Password', { exact: true }).fill(secret)
  await form.getByRole('button', { name: 'Test the connection' }).click()
  const report = form.getByRole('status').filter({ hasText: 'It signed in' })
  await expect(report).toContainText(role)
  await expect(report).toContainText('See what is granted inside postgres')
  await expect(report).toContainText('Needs GRANT pg_signal_backend')
  expect(await accessibilityFaults(page)).toEqual([])

  await form.getByLabel('Name', { exact: true }).fill('Server of the tests')
  await form.getByRole('button', { name: /^Owner/ }).click()
  await page.getByRole('option', { name: /Platform/ }).click()
  await expect(form.getByRole('button', { name: 'Owner: Platform' })).toBeVisible()
  await form.getByRole('combobox', { name: /Schedule/ }).click()
  await page.getByRole('option', { name: 'Only when asked' }).click()
  await form.getByRole('button', { name: 'Add connection' }).click()

  await expect(page.getByRole('heading', { name: 'Server of the tests' })).toBeVisible()
  await expect(page.getByText('nothing was read yet')).toBeVisible()
  await page.getByRole('button', { name: 'Sync now' }).click()
  const history = page.getByRole('table', { name: 'Syncs' })
  await expect(history.getByText('Done')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/is as of/)).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await page
    .getByRole('button', { name: /^Details of the sync/ })
    .first()
    .click()
  const details = page.getByRole('dialog')
  await expect(details).toContainText('left out by the settings')
  await expect(details).toContainText('PostgreSQL keeps no time of change')
  expect(await accessibilityFaults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(details).toBeHidden()

  await page.getByRole('link', { name: 'its identities' }).click()
  await expect(page.getByRole('link', { name: 'e2e_invoice_service' })).toBeVisible()
  await page.getByRole('link', { name: 'e2e_invoice_service' }).click()
  await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}/)
  await expect(page.getByText(/as of/i).first()).toBeVisible()
})

test('what is changed keeps its secret, and asks for it before it would be sent elsewhere', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Server of the tests' }).click()
  await page.getByRole('link', { name: 'Edit' }).click()
  const form = page.getByRole('form', { name: 'Connection' })
  await expect(form.getByLabel(/^Password/)).toHaveValue('')
  await expect(form.getByText('Stored. Leave it empty to keep it.')).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await form.getByLabel('Host').fill('localhost')
  await expect(form.getByText(/^Needed again/)).toBeVisible()
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(form.getByRole('alert')).toContainText('Enter the secret again')
  await form.getByLabel('Host').fill('127.0.0.1')
  await form.getByLabel('Name', { exact: true }).fill('Server of the browser tests')
  await form.getByLabel('Databases to read').fill('')
  await form.getByRole('button', { name: 'Test the connection' }).click()
  await expect(form.getByRole('status').filter({ hasText: 'It signed in' })).toBeVisible()
  await form.getByRole('combobox', { name: /Schedule/ }).click()
  await page.getByRole('option', { name: 'Every day' }).click()
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { name: 'Server of the browser tests' })).toBeVisible()
  await expect(page.getByText('every day')).toBeVisible()
})

test('who may not see connections is told so, and who may not change them is offered nothing', async ({
  page,
  signInAs,
}) => {
  await signInAs('member')
  await page.goto('/connections')
  await expect(page.getByText('You may not see the connections')).toBeVisible()
  await page.goto('/connections/new')
  await expect(page.getByText('You may not see the systems')).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])

  await signInAs('auditor')
  await page.goto('/connections')
  await expect(page.getByRole('link', { name: 'Demo shop' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Add connection' })).toHaveCount(0)
  await page.goto('/connections/new')
  await expect(page.getByText('You may not add connections')).toBeVisible()
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Demo shop' }).click()
  await expect(page.getByRole('heading', { name: 'Demo shop' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Sync now' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Edit' })).toHaveCount(0)
  const { pathname } = new URL(page.url())
  await page.goto(`${pathname}/edit`)
  await expect(page.getByText('You may not change this connection')).toBeVisible()
})

test('a connection is removed, and what it vouched for stays or goes as told', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Server of the browser tests' }).click()
  await expect(page.getByRole('heading', { name: 'Server of the browser tests' })).toBeVisible()
  // A schedule that was just chosen begins with a sync, and none may be under way.
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('table', { name: 'Syncs' }).getByText('Done')).toHaveCount(2, { timeout: 10_000 })
  }).toPass({ timeout: 90_000 })
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: /^Remove the connection/ })
  await dialog.getByRole('combobox').click()
  await page.getByRole('option', { name: 'Mark them gone' }).click()
  await dialog.getByRole('button', { name: 'Remove connection' }).click()
  await expect(page).toHaveURL(/\/connections$/)
  await expect(page.getByRole('link', { name: 'Server of the browser tests' })).toHaveCount(0)
})
