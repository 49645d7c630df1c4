import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { identityOf, letsIn, onServer, openSession } from './shop-server'

// Two accounts of the demo's live PostgreSQL connection that one program uses in turn: made twins, rotated without a gap, and the
// former one refused; held against plain logins from outside.

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const first = { name: 'stock_feed_blue', password: 'password-of-the-first-twin-1' }
const second = 'stock_feed_green'

test.beforeAll(async () => {
  for (const name of [first.name, second]) {
    const [known] = await onServer(`SELECT 1 FROM pg_roles WHERE rolname = $1`, [name])
    if (!known) await onServer(`CREATE ROLE ${name} PASSWORD '${first.password}'`)
    await onServer(`GRANT shop_readers TO ${name}`)
    await onServer(`GRANT ${name} TO bailiwick_demo WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`)
  }
  await onServer(`ALTER ROLE ${first.name} LOGIN PASSWORD '${first.password}' CONNECTION LIMIT -1`)
  await onServer(`ALTER ROLE ${second} NOLOGIN PASSWORD 'nobody-knows-this-one-1' CONNECTION LIMIT 0`)
})

test('two accounts are used in turn: both work, then the former is refused', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Demo shop' }).first().click()
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect
    .poll(
      async () => {
        const answer = await page.request.get(`/api/v1/identities?q=${second}&limit=20`)
        return (await answer.json()).items.length
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0)
  const id = await identityOf(page, first.name)
  await page.goto(`/inventory/${id}?tab=credentials`)
  const section = page.getByRole('region', { name: 'Twin', exact: true })
  await section.getByRole('button', { name: 'Give it a twin' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: `A twin of ${first.name}` })
  await dialog.getByPlaceholder('Name of an identity').fill(second)
  await dialog.getByRole('option', { name: new RegExp(`${second}.*production`) }).click()
  await expect(dialog.getByText('Both are of one source, and are granted the same.')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'To rotate without a gap' }).press('Enter')
  await dialog.getByRole('button', { name: 'Use them in turn' }).press('Enter')
  await expect(section.getByRole('list', { name: 'The two accounts' })).toContainText(second)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'twins')
  // Saying so does nothing at the source.
  expect(await letsIn(first.name, first.password)).toBe(true)

  await page.goto(`/inventory/${id}?do=rotate`)
  const rotate = page.getByRole('dialog', { name: `Rotate ${first.name}?` })
  await expect(rotate).toContainText(`A new secret is set on its twin ${second}`)
  await rotate.getByPlaceholder('Name or e-mail address').fill('security@demo')
  await rotate.getByRole('option').first().click()
  await rotate.getByLabel(/^Its secret/).fill(first.password)
  await rotate.getByRole('button', { name: 'Planned rotation' }).press('Enter')
  await rotate.getByRole('button', { name: `Rotate ${first.name}` }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const run = page.url()
  await page.getByRole('link', { name: 'Take it' }).press('Enter')
  await page.getByRole('button', { name: 'Show it now' }).press('Enter')
  await expect(page.getByText('The name changes too')).toBeVisible()
  const secret = (await page.locator('main code').innerText()).trim()
  await page.getByRole('button', { name: /^I have it/ }).press('Enter')
  expect([await letsIn(first.name, first.password), await letsIn(second, secret)]).toEqual([true, true])

  // While both work the page shows who signs in with which.
  const sessions = [await openSession(first.name, first.password), await openSession(second, secret)]
  await page.goto(run)
  const uses = page.getByRole('region', { name: 'Who signs in with which' })
  await expect(uses.getByRole('region', { name: 'The old secret' })).toContainText('1 session', { timeout: 15_000 })
  await expect(uses.getByRole('region', { name: 'The new secret' })).toContainText('1 session')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'run-twins')
  for (const session of sessions) await session.end()

  // What was done is taken back: the former goes on, and the new secret opens nothing.
  await page.getByRole('button', { name: 'Take it back' }).press('Enter')
  const back = page.getByRole('alertdialog').or(page.getByRole('dialog'))
  await back.getByLabel(/^Reason/).fill('The program cannot read a name')
  await back.getByRole('button', { name: 'Take it back' }).press('Enter')
  await expect(page.getByRole('region', { name: 'About it' })).toContainText('Taken back', { timeout: 30_000 })
  expect([await letsIn(first.name, first.password), await letsIn(second, secret)]).toEqual([true, false])
})
