import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct } from './shop-server'

// Somebody is refused, asks for exactly what is missing, is given it by somebody else for a time, and is refused again when that is over.

test.describe.configure({ mode: 'serial', timeout: 120_000 })

let grant = ''

test.afterAll(async () => {
  // Whatever failed: nobody keeps a role that other tests do not expect.
  await inProduct(
    `UPDATE access_grant SET ends_at = clock_timestamp(), wake_at = now() WHERE mode = 'console' AND state = 'active'`,
  )
})

test('a refusal says what is missing and leads to the form, as it does for a program', async ({ page, signInAs }) => {
  await signInAs('member')
  const answer = await page.request.get('/api/v1/audit-events')
  expect(answer.status()).toBe(403)
  expect(await answer.json()).toMatchObject({
    missing: { permission: 'audit_event:list', roles: expect.arrayContaining(['auditor']) },
    access_request: { template: 'role_for_a_time', endpoint: expect.stringMatching(/\/api\/v1\/role-requests$/) },
  })
  await page.goto('/audit')
  await expect(page.getByText('You may not see the audit trail')).toBeVisible()
  await expect(page.getByText('audit_event:list')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'forbidden-offer')
  await page.getByRole('link', { name: 'Ask for the role auditor for a time' }).click()
  await expect(page.getByText('Filled in from what was refused')).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Which role' })).toContainText('auditor')
  await page.getByLabel('The task').fill('Find out who changed the owner of the build robot')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'ask-role')
  await page.getByRole('button', { name: 'Ask for 1 hour' }).click()
  await expect(page).toHaveURL(/\/grants\/[0-9a-f-]{36}$/)
  grant = page.url()
  await expect(page.getByText('Waits for agreement.')).toBeVisible()
})

test('somebody else sees it in the inbox and agrees', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/grants?view=inbox')
  await page
    .getByRole('link', { name: /^The role auditor for/ })
    .first()
    .click()
  await expect(page).toHaveURL(grant)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'role-request')
  await page.getByRole('button', { name: /^Agree for/ }).click()
  await expect(page.getByText('Agreed to, not begun.')).toBeVisible()
})

test('it counts from its beginning to its end, and not after', async ({ page, signInAs }) => {
  await signInAs('member')
  await page.goto('/audit')
  await expect(page.getByText('You may not see the audit trail')).toBeVisible()
  await page.goto(grant)
  await page.getByRole('button', { name: /^Begin .* now$/ }).click()
  await expect(page.getByText('Active.')).toBeVisible()
  await page.goto('/grants')
  await expect(page.getByRole('link', { name: /^The role auditor for/ }).first()).toBeVisible()
  await takePictures(page, 'my-access')
  await page.goto('/audit')
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible()
  await expect(page.getByText('You may not see the audit trail')).toHaveCount(0)
  expect((await page.request.get('/api/v1/audit-events')).status()).toBe(200)
  await inProduct(`UPDATE access_grant SET ends_at = clock_timestamp(), wake_at = now() WHERE id = $1`, [
    grant.split('/').at(-1),
  ])
  expect((await page.request.get('/api/v1/audit-events')).status()).toBe(403)
  await page.goto('/audit')
  await expect(page.getByText('You may not see the audit trail')).toBeVisible()
  await page.goto(grant)
  await expect(page.getByText('its time was over')).toBeVisible({ timeout: 30_000 })
})
