import { expect, test } from './fixtures'

test('an empty installation asks for its first administrator, once', async ({ page }) => {
  const site = process.env.E2E_EMPTY_URL ?? ''
  await page.goto(`${site}/inventory`)
  await expect(page).toHaveURL(`${site}/setup`)
  await page.getByLabel('Organization').fill('Lighthouse Trust')
  await page.getByLabel('Your name').fill('Vera Lind')
  await page.getByLabel('Your e-mail address').fill('Vera@lighthouse.example')
  await page.getByLabel('Password').fill('lighthouse')
  await page.getByRole('button', { name: 'Create the organization' }).click()
  await expect(page.getByText('Use at least 12 characters.')).toBeVisible()
  await page.getByLabel('Password').fill('seven quiet herons')
  await page.getByRole('button', { name: 'Create the organization' }).click()
  await expect(page).toHaveURL((url) => url.pathname !== '/setup' && url.pathname !== '/sign-in')
  await page.goto(`${site}/settings/organization`)
  await expect(page.getByText('Lighthouse Trust').first()).toBeVisible()

  await page.context().clearCookies()
  await page.goto(`${site}/setup`)
  await expect(page).toHaveURL(`${site}/sign-in`)
})
