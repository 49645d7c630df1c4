import { randomUUID } from 'node:crypto'
import { expect, test } from './fixtures'

test('an invited person joins by the link, once', async ({ page, signInAs, browser }) => {
  await signInAs('admin')
  await page.goto('/settings/members')
  const mark = randomUUID().slice(0, 8)
  const [email, name] = [`nora.${mark}@example.org`, `Nora ${mark}`]
  await page.getByRole('button', { name: 'Invite member' }).click()
  await page.getByRole('button', { name: 'Make invitation link' }).click()
  await expect(page.getByText('Write an e-mail address, such as')).toBeVisible()
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Make invitation link' }).click()
  const link = await page.getByRole('dialog').locator('code').innerText()
  // What is shown once is not lost by a stray key.
  await page.keyboard.press('Escape')
  await expect(page.getByText('Copy it now')).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row', { name: email }).getByText('Open')).toBeVisible()

  const guest = await (await browser.newContext()).newPage()
  await guest.goto(link)
  await expect(guest.getByRole('heading', { name: 'Join Demo' })).toBeVisible()
  await guest.getByLabel('Your name').fill(name)
  await guest.getByLabel('Password').fill('correct horse battery')
  await guest.getByRole('button', { name: 'Join Demo' }).click()
  await guest.waitForURL((url) => url.pathname === '/')
  await expect(guest.getByText(name).first()).toBeVisible()
  await guest.goto('/settings/members')
  await expect(guest.getByText('You may not see the members')).toBeVisible()
  await guest.goto(link)
  await expect(guest.getByText('This invitation cannot be used')).toBeVisible()
  await guest.context().close()

  // Disabled in one browser, out in the other with the next request.
  await page.reload()
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await page.getByRole('button', { name: `Disable ${name}` }).click()
  await expect(page.getByText(`${name} is disabled`)).toBeVisible()
})

test('a key is shown once, opens the API, and opens nothing once revoked', async ({ page, signInAs, playwright }) => {
  await signInAs('security')
  await page.goto('/settings/api-keys')
  const name = `probe-${randomUUID().slice(0, 8)}`
  await page.getByRole('button', { name: 'Create API key' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  const token = await page.getByRole('dialog').locator('code').innerText()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await expect(page.getByRole('row', { name }).getByText('Active')).toBeVisible()
  expect(await page.content()).not.toContain(token)

  const program = await playwright.request.newContext({
    baseURL: process.env.E2E_URL,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  expect((await program.get('/api/v1/identities?limit=1')).status()).toBe(200)
  expect((await program.get('/api/v1/members')).status()).toBe(403)

  await page.getByRole('button', { name: `Revoke the key ${name}` }).click()
  await page.getByRole('button', { name: `Revoke key ${name}` }).click()
  await expect(page.getByText(`Key ${name} revoked`)).toBeVisible()
  expect((await program.get('/api/v1/identities?limit=1')).status()).toBe(401)
  await program.dispose()
})

test('a team is made, filled and deleted', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/settings/teams')
  const name = `Search ${randomUUID().slice(0, 8)}`
  await page.getByRole('button', { name: 'Create team' }).click()
  await page.getByLabel('Name').fill('Data')
  await page.getByRole('dialog').getByRole('button', { name: 'Create team' }).click()
  await expect(page.getByText('This name is taken.')).toBeVisible()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Create team' }).click()
  await expect(page.getByText(`Team ${name} made`)).toBeVisible()

  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Members' }).click()
  await page.getByRole('button', { name: `Add Amara Diallo to ${name}` }).click()
  const leads = page.getByRole('button', { name: `Amara Diallo leads ${name}` })
  await expect(leads).toHaveAttribute('aria-pressed', 'false')
  await leads.click()
  await expect(leads).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByRole('button', { name: `Delete ${name}` })).toBeDisabled()
  await page.getByLabel(`Type ${name} to go on`).fill(name)
  await page.getByRole('button', { name: `Delete ${name}` }).click()
  await expect(page.getByText(`Team ${name} deleted`)).toBeVisible()
})

test('the last administrator stays one, and is told so before anything happens', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Actions for Ines Halloran' }).click()
  await page.getByRole('menuitem', { name: 'Change role' }).click()
  await page.getByRole('combobox').click()
  await page.getByRole('option', { name: 'Member', exact: true }).click()
  await expect(page.getByRole('list', { name: 'What changes' })).toContainText('Loses: Import files')
  await page.getByRole('button', { name: 'Make Ines Halloran a member' }).click()
  await expect(page.getByText('is the last active administrator')).toBeVisible()
})

test('switching shows the other organization and nothing of the one that was left', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/settings/organization')
  await page.getByRole('button', { name: 'Switch to Northwind' }).click()
  await expect(page.getByText('Only an administrator can change these.')).toBeVisible()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Northwind')
  await page.getByRole('link', { name: 'Teams' }).click()
  await expect(page.getByText('No teams yet')).toBeVisible()
})

test('unsaved settings of the organization ask before they are left', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/settings/organization')
  await page.getByLabel('Unused is stale after (days)').fill('77')
  await page.getByRole('link', { name: 'Teams', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Leave without saving the organization?' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByLabel('Unused is stale after (days)')).toHaveValue('77')
  await page.getByRole('link', { name: 'Teams', exact: true }).click()
  await page.getByRole('button', { name: 'Discard changes and leave' }).click()
  await expect(page).toHaveURL(/settings\/teams/)
})
