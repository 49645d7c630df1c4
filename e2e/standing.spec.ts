import type { Page } from '@playwright/test'
import pg from 'pg'
import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct, onServer } from './shop-server'

// What an account of the demo's live PostgreSQL connection holds without an end is listed, replaced by a grant, and gone when that
// ends. What the pages say is held against what the server lets the account do, from outside.

test.describe.configure({ mode: 'serial', timeout: 240_000 })

const account = `standing_${Date.now().toString(36)}`
const keepers = `keepers_${account}`
const password = `password-of-${account}`
let grant = ''

test.beforeAll(async () => {
  await onServer(`SET ROLE bailiwick_demo; CREATE ROLE ${keepers};
    CREATE ROLE ${account} LOGIN PASSWORD '${password}'; GRANT shop_readers, ${keepers} TO ${account}`)
})

/** From outside, signed in as the account itself: whether the server lets it act as the role. */
async function mayBe(role: string): Promise<boolean> {
  const { hostname, port } = new URL(process.env.E2E_SUPERUSER_URL ?? '')
  const client = new pg.Client({
    ...{ host: hostname, port: Number(port), database: 'postgres', user: account, password },
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`SET ROLE ${role}`)
    return true
  } catch (error) {
    expect((error as { code?: string }).code).toBe('42501')
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

interface Listed {
  items: { id: string; name: string }[]
  nextCursor: string | null
}

/** The account's line of the list, over all its pages. */
async function lineOf(page: Page): Promise<string | undefined> {
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = new URLSearchParams({ kind: 'identity', limit: '100', ...(cursor === '' ? {} : { cursor }) })
    const { items, nextCursor }: Listed = await (await page.request.get(`/api/v1/standing-access?${query}`)).json()
    const found = items.find(({ name }) => name === account)
    if (found) return found.id
    cursor = nextCursor
  }
  return undefined
}

async function sync(page: Page): Promise<void> {
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Demo shop' }).first().click()
  await expect(page.getByRole('heading', { name: 'Demo shop' })).toBeVisible()
  const button = page.getByRole('button', { name: 'Sync now' })
  if ((await button.count()) > 0) await button.click()
}

test('what has no end is listed, the weightiest first', async ({ page, signInAs }) => {
  await signInAs('security')
  await expect(async () => {
    await sync(page)
    await expect.poll(() => lineOf(page), { timeout: 40_000 }).toBeDefined()
  }).toPass({ timeout: 120_000 })
  await page.goto('/grants/standing')
  await expect(page.getByRole('heading', { level: 1, name: 'Access without an end' })).toBeVisible()
  await expect(page.getByText(/of the highest weight, .* of high, .* ordinary\./)).toBeVisible()
  await page.getByText('How this works').click()
  await expect(page.getByText('Whoever holds a right without an end')).toBeVisible()
  await page.getByText('How this works').click()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'standing-access')
  await page.goto('/grants/standing?kind=user')
  await expect(page.getByRole('link', { name: /^Lower the role of/ }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: /^Replace the access/ })).toHaveCount(0)
})

test('a grant takes its place: what is not asked for goes at once, the rest at its end', async ({ page, signInAs }) => {
  await signInAs('security')
  const id = await lineOf(page)
  await page.goto(`/grants/new?instead=${id}`)
  await expect(page.getByText('In the place of what has no end')).toBeVisible()
  await page.getByRole('button', { name: `Take ${keepers} out` }).click()
  const takes = page.getByRole('list', { name: 'What it takes the place of' })
  await expect(takes).toContainText(`Membership in ${keepers} is taken away when the grant begins.`)
  await expect(takes).toContainText('Membership in shop_readers goes over to the grant without a gap')
  await page.getByLabel('The task').fill('Count the orders at the end of the month')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'grant-replaces')
  await page.getByRole('button', { name: /^Ask for/ }).click()
  await expect(page).toHaveURL(/\/grants\/[0-9a-f-]{36}$/)
  grant = page.url()
  expect([await mayBe('shop_readers'), await mayBe(keepers)]).toEqual([true, true])

  await signInAs('admin')
  await page.goto('/grants?view=inbox')
  await expect(page.getByRole('link', { name: `shop_readers for ${account}` })).toBeVisible()
  await takePictures(page, 'grant-inbox')
  await page.goto(grant)
  await expect(page.getByRole('list', { name: 'What it takes the place of' })).toContainText('still without an end')
  await page.getByRole('button', { name: /^Agree for/ }).click()
  await expect(page.getByText('Agreed to, not begun.')).toBeVisible()

  await signInAs('security')
  await page.goto(grant)
  await page.getByLabel('Its secret, to try it afterwards').fill(password)
  await page.getByRole('button', { name: /^Begin .* now$/ }).click()
  await expect(page.getByText('Active.')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('list', { name: 'What it takes the place of' })).toContainText('ends with this grant')
  expect([await mayBe('shop_readers'), await mayBe(keepers)]).toEqual([true, false])
  await expect.poll(() => lineOf(page), { timeout: 60_000 }).toBeUndefined()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'grant-replaces-active')
  await page.goto('/grants?view=active')
  await takePictures(page, 'grant-active-list')

  await inProduct(`UPDATE access_grant SET ends_at = clock_timestamp(), wake_at = now() WHERE id = $1`, [
    grant.split('/').at(-1),
  ])
  await page.goto(grant)
  await expect(page.getByText(/^(Tried, and refused|The source does not list it any more)/)).toBeVisible({
    timeout: 60_000,
  })
  expect([await mayBe('shop_readers'), await mayBe(keepers)]).toEqual([false, false])
  await sync(page)
  await page.waitForTimeout(1000)
  expect(await lineOf(page)).toBeUndefined()
})

test('is nobody’s who owns nothing', async ({ page, signInAs }) => {
  await signInAs('member')
  await page.goto('/grants/standing')
  await expect(page.getByRole('heading', { name: 'You may not see the access without an end' })).toBeVisible()
})
