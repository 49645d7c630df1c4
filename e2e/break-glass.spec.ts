import type { Page } from '@playwright/test'
import { accessibilityFaults, demoPassword, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct } from './shop-server'

// Somebody breaks the glass when nobody answers: they prove that it is they, everybody is told, what they do is marked, it is ended,
// reviewed by somebody who had no part in it, and blocked for others while a review is overdue.

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const clear = () => inProduct('DELETE FROM access_grant WHERE break_glass')
let use = ''

test.beforeAll(clear)
// Whatever failed: nobody keeps a role, and no banner stands over the pages of other tests.
test.afterAll(clear)

async function fill(page: Page, reason: string): Promise<void> {
  await page.goto('/break-glass/new')
  await page.getByLabel('Why it cannot wait').fill(reason)
  await page.getByLabel('Incident or ticket elsewhere').fill('OPS-77')
  await page.getByLabel('Type “break the glass”').fill('break the glass')
}

test('it is begun by whoever proves that it is they', async ({ page, signInAs }) => {
  await signInAs('member')
  await page.goto('/break-glass')
  await expect(page.getByText('Nobody has broken the glass here yet.')).toBeVisible()
  await page.getByRole('link', { name: 'Break the glass' }).click()
  await expect(page.getByText('You would hold the role security at once')).toBeVisible()
  const begin = page.getByRole('button', { name: /^Break the glass for/ })
  await expect(begin).toBeDisabled()
  await fill(page, 'Nobody who is an administrator answers.')
  await page.getByLabel('Your password, once more').fill('not this one, sorry')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'break-glass-form')
  await begin.click()
  await expect(page.getByText('This is not your present password.').first()).toBeVisible()
  await page.getByLabel('Your password, once more').fill(demoPassword)
  await begin.click()
  await expect(page).toHaveURL(/\/break-glass\/[0-9a-f-]{36}$/)
  use = page.url()
  await expect(page.getByText('nobody yet')).toBeVisible()
})

test('everybody who looks after security is told, and says that they have seen it', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/inventory')
  const banner = page.getByRole('region', { name: 'Break-glass in use' })
  await expect(banner).toContainText('Nobody has said that they have seen it.')
  await banner.getByRole('link', { name: 'What is done' }).click()
  await expect(page).toHaveURL(use)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'break-glass-active')
  await page.getByRole('button', { name: 'I have seen it' }).click()
  await expect(page.getByRole('button', { name: 'I have seen it' })).toHaveCount(0)
  await page.goto('/notifications')
  await expect(page.getByText(/broke the glass for/).first()).toBeVisible()
})

test('what is done with it is marked, and it is given back', async ({ page, signInAs }) => {
  await signInAs('member')
  // The member may do this only now.
  const answer = await page.request.get('/api/v1/audit-events?limit=1')
  expect(answer.status()).toBe(200)
  await page.goto(use)
  await page.getByRole('button', { name: 'The task is done' }).click()
  await page.getByRole('button', { name: 'Give it back now' }).click()
  await expect(page.getByText('To be reviewed')).toBeVisible({ timeout: 15_000 })
  expect((await page.request.get('/api/v1/audit-events?limit=1')).status()).toBe(403)
  await expect(page.getByRole('button', { name: 'Finish the review' })).toHaveCount(0)
})

test('while its review is overdue nobody else can use it', async ({ page, signInAs }) => {
  await inProduct(`UPDATE break_glass_use SET review_due_at = now() - interval '1 minute' WHERE state = 'to_review'`)
  await signInAs('reviewer')
  await fill(page, 'The shop is down and nobody answers.')
  await expect(page.getByText('A review is overdue', { exact: true })).toBeVisible()
  await page.getByLabel('Your password, once more').fill(demoPassword)
  await takePictures(page, 'break-glass-blocked')
  await expect(page.getByRole('button', { name: /^Break the glass for/ })).toBeDisabled()
})

test('somebody who had no part in it reviews it, and it can be used again', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/break-glass')
  await page.getByRole('link', { name: /^The role security for/ }).click()
  await expect(page.getByText('Its review is overdue', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Finish the review' }).click()
  await expect(page.getByText('Say it in at least ten characters.').first()).toBeVisible()
  for (const label of ['Was it needed?', 'What was used of what was given?', 'What was changed?', 'What follows?'])
    await page.getByLabel(label).fill('Looked at it with the whole team.')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'break-glass-review')
  await page.getByRole('button', { name: 'Finish the review' }).click()
  await expect(page.getByText('Justified', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'Break-glass in use' })).toHaveCount(0)
  await takePictures(page, 'break-glass-reviewed')
})

test('a drill takes the same way and passes when it was seen in time', async ({ page, signInAs }) => {
  await signInAs('reviewer')
  await fill(page, 'The drill of the fourth quarter.')
  await page.getByLabel('This is a drill').check()
  await page.getByLabel('Your password, once more').fill(demoPassword)
  await page.getByRole('button', { name: 'Break the glass for 15 minutes' }).click()
  await expect(page.getByRole('heading', { name: /^Drill: / })).toBeVisible()
})
