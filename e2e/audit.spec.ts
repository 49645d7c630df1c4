import { expect, test } from './fixtures'

test('an auditor filters the trail, reads one event in full, and verifies the chain', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/audit')
  await page.getByRole('button', { name: /^Action/ }).click()
  await page.getByRole('option', { name: /^import\.apply(?!\.)/ }).click()
  await expect(page).toHaveURL(/action=import\.apply/)
  await page.keyboard.press('Escape')
  await page.getByRole('row').filter({ hasText: 'import.apply' }).first().click()
  const panel = page.getByRole('dialog')
  await expect(panel.getByText('Decision', { exact: true })).toBeVisible()
  await expect(panel.getByText('Hash of the event before')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Verify the chain' }).click()
  await expect(page.getByRole('heading', { name: 'The chain is intact' })).toBeVisible({ timeout: 30_000 })
})

test('a link to an event opens it whatever is listed, and says when there is none', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto('/audit?event=1&since=1h&q=no-such-target')
  const panel = page.getByRole('dialog')
  await expect(panel.getByText('Event 1', { exact: true })).toBeVisible()
  await expect(panel.getByText(/\d\d:\d\d:\d\d UTC/)).toBeVisible()
  await page.goto('/audit?event=999999999')
  await expect(panel.getByText('No such event')).toBeVisible()
})

test('a member may not see the trail, and is told so', async ({ page, signInAs }) => {
  await signInAs('member')
  await page.goto('/audit')
  await expect(page.getByText('You may not see the audit trail')).toBeVisible()
})
