import type { Page } from '@playwright/test'
import pg from 'pg'
import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct, onServer } from './shop-server'

// An incident from its declaration to its end, on the demo's live PostgreSQL connection: a grant from before ends, a responder's is
// given and ends with the incident. What the pages say is held against what the server lets the accounts do, from outside.

test.describe.configure({ mode: 'serial', timeout: 240_000 })

const stamp = Date.now().toString(36)
const title = `Keys are leaking ${stamp}`
const accounts = { before: `before_${stamp}`, responder: `responder_${stamp}` }
const passwordOf = (account: string) => `password-of-${account}`
let incident = ''
let earlier = ''
let later = ''

test.beforeAll(async () => {
  for (const account of Object.values(accounts))
    await onServer(`SET ROLE bailiwick_demo; CREATE ROLE ${account} LOGIN PASSWORD '${passwordOf(account)}'`)
})

test.afterAll(async () => {
  // Whatever failed: an incident left open would stand over the pages of all other tests.
  if (incident === '') return
  await inProduct(
    `UPDATE incident SET state = 'ended', ended_at = now(), ended_by = 'tests', learned = 'A test failed.' WHERE id = $1 AND state = 'open'`,
    [incident.split('/').at(-1)],
  )
})

/** From outside, signed in as the account itself: whether the server lets it act as one of the readers. */
async function mayRead(account: string): Promise<boolean> {
  const { hostname, port } = new URL(process.env.E2E_SUPERUSER_URL ?? '')
  const client = new pg.Client({
    ...{ host: hostname, port: Number(port), database: 'bailiwick_demo_shop' },
    ...{ user: account, password: passwordOf(account) },
  })
  client.on('error', () => {})
  try {
    // The readers are who may connect to this database at all.
    await client.connect()
    await client.query('SET ROLE shop_readers')
    return true
  } catch (error) {
    expect((error as { code?: string }).code).toBe('42501')
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Until the connection has read the new accounts: another file of the tests may have it read at the same time. */
async function syncUntilKnown(page: Page): Promise<void> {
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Demo shop' }).first().click()
  await expect(page.getByRole('heading', { name: 'Demo shop' })).toBeVisible()
  const known = async () =>
    (await (await page.request.get(`/api/v1/identities?q=${stamp}&limit=20`)).json()).items.length
  await expect(async () => {
    const sync = page.getByRole('button', { name: 'Sync now' })
    if ((await known()) === 0 && (await sync.count()) > 0) await sync.click()
    await expect.poll(known, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
  }).toPass({ timeout: 90_000 })
}

/** Fills the form that is open, and asks. Answers the address of the grant. */
async function ask(page: Page, account: string, task: string): Promise<string> {
  await page.getByLabel('The task').fill(task)
  await page.getByPlaceholder('Name of an identity').fill(account)
  await page.getByRole('option', { name: new RegExp(`${account}.*production`) }).click()
  await page.getByPlaceholder('Name of a role or resource').fill('shop_readers')
  await page
    .getByRole('option', { name: /shop_readers/ })
    .first()
    .click()
  await page.getByRole('button', { name: /^Ask for/ }).click()
  await expect(page).toHaveURL(/\/grants\/[0-9a-f-]{36}$/)
  return page.url()
}

async function agree(page: Page, signInAs: (role: 'admin') => Promise<unknown>, address: string): Promise<void> {
  await signInAs('admin')
  await page.goto(address)
  await page.getByRole('button', { name: /^Agree for/ }).click()
  await expect(page.getByText('Agreed to, not begun.')).toBeVisible()
}

async function begin(page: Page, signInAs: (role: 'security') => Promise<unknown>, address: string): Promise<void> {
  await signInAs('security')
  await page.goto(address)
  await page.getByRole('button', { name: /^Begin .* now$/ }).click()
  await expect(page.getByText('Active.')).toBeVisible()
}

test('somebody has a grant', async ({ page, signInAs }) => {
  await signInAs('security')
  await syncUntilKnown(page)
  expect(await mayRead(accounts.before)).toBe(false)
  await page.goto('/grants/new')
  earlier = await ask(page, accounts.before, 'Read the orders of yesterday')
  await agree(page, signInAs, earlier)
  await begin(page, signInAs, earlier)
  expect(await mayRead(accounts.before)).toBe(true)
})

test('an incident is declared, stands over every page, and ends that grant', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/incidents/new')
  await page.getByLabel('In a few words').fill(title)
  await page.getByRole('combobox', { name: 'Severity' }).click()
  await page.getByRole('option', { name: 'Severity 1' }).click()
  await page.getByLabel(/^Demo shop/).check()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'incident-declare')
  await page.getByRole('button', { name: 'Declare severity 1' }).click()
  await expect(page).toHaveURL(/\/incidents\/[0-9a-f-]{36}$/)
  incident = page.url()
  const banner = page.getByRole('region', { name: 'Open incidents' })
  await expect(banner).toContainText(`Incident, severity 1: ${title}`)
  await expect(banner).toContainText('commands. Since')
  const ended = page.getByRole('region', { name: 'Grants that it ended' })
  await expect(ended.getByRole('link', { name: `shop_readers for ${accounts.before}` })).toBeVisible({
    timeout: 60_000,
  })
  await expect(ended).toContainText(`Incident ${title} (severity 1) reaches what it gives.`)
  await expect(ended).toContainText('ended, and seen to be gone', { timeout: 60_000 })
  expect(await mayRead(accounts.before)).toBe(false)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'incident')

  // Everybody sees it, on every page, whatever their role.
  await signInAs('member')
  for (const address of ['/', '/inventory', '/settings/sessions']) {
    await page.goto(address)
    await expect(banner).toContainText(title)
  }
  await page.goto('/inventory')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'incident-banner', false)
  await banner.getByRole('link', { name: 'What is known' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(page.getByRole('button', { name: /^End the incident/ })).toHaveCount(0)
})

test('a responder is given access for it', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto(incident)
  await page.getByRole('link', { name: 'Ask for access for it' }).click()
  await expect(page.getByRole('combobox', { name: 'For an incident' })).toContainText(title)
  later = await ask(page, accounts.responder, 'Find out which keys leaked')
  await expect(page.getByRole('link', { name: 'an incident' })).toHaveAttribute('href', new URL(incident).pathname)
  await agree(page, signInAs, later)
  await begin(page, signInAs, later)
  expect(await mayRead(accounts.responder)).toBe(true)
})

test('the incident ends, and so does what was for it', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto(incident)
  await page.getByLabel('What was learned').fill('Keys belong into the store.')
  await page.getByRole('button', { name: 'End the incident and 1 grant for it' }).click()
  await expect(page.getByText('Keys belong into the store.')).toBeVisible()
  const asked = page.getByRole('region', { name: 'Grants for it' })
  await expect(asked).toContainText('ended, and seen to be gone', { timeout: 60_000 })
  expect(await mayRead(accounts.responder)).toBe(false)
  await expect(page.getByRole('region', { name: 'Open incidents' }).getByText(title)).toHaveCount(0)
  await page.goto(later)
  await expect(page.getByText('an incident ended it')).toBeVisible()
  await page.goto('/incidents?state=ended')
  await expect(page.getByRole('row').filter({ hasText: title })).toContainText('Ended')
  await takePictures(page, 'incidents')
})
