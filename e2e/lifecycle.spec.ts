import { accessibilityFaults, expect, goByKeys, test } from './fixtures'
import { identityOf, letsIn, onServer, openSession } from './shop-server'

// Rotation, revocation and the way back on the demo organization's live PostgreSQL connection, as people do them in the
// browser; what each page says is held against plain logins from outside.

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const passwords: Record<string, string> = {
  reporting_bi: 'old-password-of-the-reports-1',
  schema_migrations: 'old-password-of-migrations-1',
  order_worker: 'old-password-of-the-orders-1',
  nightly_export: 'old-password-of-the-export-1',
}

test.beforeAll(async () => {
  for (const [name, password] of Object.entries(passwords))
    await onServer(`ALTER ROLE ${name} LOGIN PASSWORD '${password}' VALID UNTIL 'infinity' CONNECTION LIMIT -1`)
})

test('a password is rotated by keyboard, taken once, and the old one is refused', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/')
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByPlaceholder('Find an identity, a view, a page or an action')).toBeFocused()
  await page.keyboard.type('rotate')
  await expect(page.getByRole('option', { name: 'Rotate…' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByPlaceholder('Find what to rotate: its preview opens')).toBeFocused()
  await page.keyboard.type('reporting_bi')
  // Another connection of the tests reads the same server: the one of the demo is in production.
  const found = page.getByRole('option', { name: /reporting_bi.*production/ })
  await expect(found).toBeVisible()
  if ((await found.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown')
  await expect(found).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inventory\/[0-9a-f-]{36}\?do=rotate/)
  const dialog = page.getByRole('dialog', { name: 'Rotate reporting_bi?' })
  await expect(dialog.getByText('What will be done')).toBeVisible()
  await expect(dialog).toContainText('Only one works at a time here')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // Nothing is done by looking.
  expect(await letsIn('reporting_bi', passwords.reporting_bi ?? '')).toBe(true)
  await dialog.getByPlaceholder('Name or e-mail address').focus()
  await page.keyboard.type('security@demo')
  await expect(dialog.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Shown once to')).toBeVisible()
  await dialog.getByLabel(/^Its secret/).fill(passwords.reporting_bi ?? '')
  await dialog.getByRole('button', { name: 'Planned rotation' }).press('Enter')
  await dialog.getByRole('button', { name: 'Rotate reporting_bi' }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const run = page.url()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Rotation of')
  await page.getByRole('link', { name: 'Take it' }).press('Enter')
  await expect(page).toHaveURL(/\/reveal\/[0-9a-f-]{36}$/)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // Looking at the page again uses nothing up.
  await page.reload()
  await page.getByRole('button', { name: 'Show it now' }).press('Enter')
  const secret = (await page.locator('main code').innerText()).trim()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(await letsIn('reporting_bi', secret)).toBe(true)
  expect(await letsIn('reporting_bi', passwords.reporting_bi ?? '')).toBe(false)
  await page.getByRole('button', { name: /^I have it/ }).press('Enter')
  await expect(page.getByText('You have taken it')).toBeVisible()
  expect(await page.content()).not.toContain(secret)
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain(secret)
  await page.reload()
  await expect(page.getByRole('button', { name: 'Show it now' })).toHaveCount(0)
  await page.goto(run)
  await expect(page.getByRole('region', { name: 'What has been shown' })).toContainText('Login refused')
  await expect(
    page
      .getByRole('list', { name: /^History/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(await page.content()).not.toContain(secret)
})

test('a leaked password is cut off in three presses, its session too, and the page says so only when it is refused', async ({
  page,
  signInAs,
}) => {
  const old = passwords.order_worker ?? ''
  const session = await openSession('order_worker', old)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await signInAs('security')
  await page.goto('/')
  await goByKeys(page, 'x', /\/emergency/)
  await expect(page.getByRole('heading', { name: 'A key leaked' })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // The password itself is known by no fingerprint here: it is asked for, and comes into no address.
  await page.getByLabel('What do you have?').fill(old)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Nothing that you may see.' })).toBeVisible()
  await page.getByLabel('What do you have?').fill('order_worker')
  await page.keyboard.press('Enter')
  await page.getByRole('radio', { name: /order_worker.*the whole identity.*Demo shop/ }).press('Space')
  const act = page.getByRole('region', { name: 'Cut it off' })
  await expect(act.getByText('What will be done')).toBeVisible()
  await expect(act).toContainText('orders')
  await act.getByLabel(/^Its secret/).fill(old)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(session.isOpen()).toBe(true)
  await act.getByRole('button', { name: 'Seen in public' }).press('Enter')
  await act.getByRole('button', { name: 'Cut off order_worker now' }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  const verdict = page.getByRole('region', { name: 'What has been shown' })
  await expect(verdict).toContainText('Login refused')
  expect(await letsIn('order_worker', old)).toBe(false)
  expect(session.isOpen()).toBe(false)
  await session.end()
  await expect(page.getByText('Can be restored for')).toBeVisible()
  await expect(page.getByText('Emergency', { exact: true })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(asked.filter((url) => url.includes(old) || decodeURIComponent(url).includes(old))).toEqual([])
})

test('what was cut off is restored within its time, and works again', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/runs?kind=revocation&state=open')
  await page
    .getByRole('table', { name: 'Runs' })
    .getByRole('link', { name: /order_worker/ })
    .press('Enter')
  await page.getByRole('button', { name: 'Restore', exact: true }).press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Restore order_worker/ })
  await dialog.getByRole('radio', { name: /^As it was/ }).press('Space')
  await expect(dialog.getByText('The key that leaked would work again')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'False alarm' }).press('Enter')
  await dialog.getByRole('button', { name: 'Restore as it was' }).press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'About it' })).toContainText('Restored')
  expect(await letsIn('order_worker', passwords.order_worker ?? '')).toBe(true)
})

test('the history of a run comes without loss or repeat, though the stream is cut again and again', async ({
  page,
  context,
  signInAs,
}) => {
  await signInAs('security')
  const id = await identityOf(page, 'schema_migrations')
  await page.goto(`/inventory/${id}?do=revoke`)
  const dialog = page.getByRole('dialog', { name: 'Revoke schema_migrations?' })
  await dialog.getByRole('button', { name: 'No longer needed' }).click()
  await dialog.getByRole('button', { name: 'Revoke schema_migrations' }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  for (let cut = 0; cut < 3; cut += 1) {
    await context.setOffline(true)
    await page.waitForTimeout(400)
    await context.setOffline(false)
    await page.waitForTimeout(700)
  }
  await expect(page.getByText('Can be restored for')).toBeVisible()
  expect(await letsIn('schema_migrations', passwords.schema_migrations ?? '')).toBe(false)
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  const restore = page.getByRole('dialog', { name: /^Restore/ })
  await restore.getByRole('radio', { name: /^As it was/ }).check()
  await restore.getByRole('button', { name: 'It is still needed' }).click()
  await restore.getByRole('button', { name: 'Restore as it was' }).click()
  await expect(page.getByRole('region', { name: 'About it' })).toContainText('Restored')
  expect(await letsIn('schema_migrations', passwords.schema_migrations ?? '')).toBe(true)
  const runId = page.url().split('/').at(-1)
  const events = await page.request.get(`/api/v1/runs/${runId}/events?follow=no`)
  const numbers = [...(await events.text()).matchAll(/^id: ?(\d+)$/gm)].map(([, no]) => Number(no))
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
  const showAll = page.getByRole('button', { name: /^Show all/ })
  await expect(page.locator('[data-no]').first()).toHaveAttribute('data-no', String(numbers.length))
  if ((await showAll.count()) > 0) await showAll.click()
  const shown = await page
    .locator('[data-no]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-no'))))
  expect(shown).toEqual([...numbers].reverse())
})

test('above the threshold nothing happens before a second person agrees to exactly this list', async ({
  page,
  signInAs,
}) => {
  const old = passwords.nightly_export ?? ''
  const setThreshold = async (score: string) => {
    await signInAs('admin')
    await page.goto('/settings/lifecycle')
    const form = page.getByRole('form', { name: 'Rotation and revocation' })
    await form.getByLabel(/^A second person agrees/).fill(score)
    const save = form.getByRole('button', { name: 'Save settings' })
    if (await save.isEnabled()) await save.click()
    await expect(save).toBeDisabled()
  }
  await setThreshold('0')
  await signInAs('security')
  const id = await identityOf(page, 'nightly_export')
  await page.goto(`/inventory/${id}?do=revoke`)
  const dialog = page.getByRole('dialog', { name: 'Revoke nightly_export?' })
  await expect(dialog.getByText('Nothing happens before.')).toBeVisible()
  await dialog.getByLabel(/^Its secret/).fill(old)
  await dialog.getByRole('button', { name: 'No longer needed' }).click()
  await dialog.getByRole('button', { name: 'Ask for a second person' }).click()
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/)
  const order = page.url()
  await expect(page.getByRole('heading', { name: 'It waits for a second person' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Agree/ })).toHaveCount(0)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(await letsIn('nightly_export', old)).toBe(true)
  await signInAs('admin')
  await page.goto('/orders?state=waiting')
  await page
    .getByRole('table', { name: 'Orders' })
    .getByRole('link', { name: /nightly_export/ })
    .press('Enter')
  await expect(page).toHaveURL(order)
  await expect(page.getByRole('region', { name: 'Exact list', exact: true })).toContainText('nightly_export')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: /^Agree/ }).press('Enter')
  await expect(page.getByRole('region', { name: 'Who agreed' })).toContainText('agreed')
  await page.getByRole('table', { name: 'Runs of this order' }).getByRole('link').press('Enter')
  await expect(page.getByRole('region', { name: 'What has been shown' })).toContainText('Login refused')
  expect(await letsIn('nightly_export', old)).toBe(false)
  await setThreshold('75')
})

test('all with a name are cut off at once, after a look at which they are', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.goto('/emergency')
  await page.getByRole('link', { name: 'An owner, a source or a vendor' }).press('Enter')
  await page.getByRole('radio', { name: /^Everything with a name/ }).press('Space')
  await page.getByLabel(/^Part of the name/).fill('order_worker')
  await page.keyboard.press('Enter')
  const found = page.getByRole('region', { name: 'Found' })
  await expect(found).toContainText('What will be done')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(await letsIn('order_worker', passwords.order_worker ?? '')).toBe(true)
  await found.getByRole('button', { name: 'A vendor was breached' }).first().press('Enter')
  await found.getByRole('button', { name: /^Cut off / }).press('Enter')
  await expect(page).toHaveURL(/\/(runs|orders)\/[0-9a-f-]{36}$/)
  await expect.poll(() => letsIn('order_worker', passwords.order_worker ?? '')).toBe(false)
})

test('what was thought away is cut off for real: exactly the credential, and nothing else', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  const id = await identityOf(page, 'schema_migrations')
  await page.goto(`/inventory/${id}?tab=blast-radius&what-if=none`)
  const section = page.getByRole('region', { name: 'What if', exact: true })
  await section.getByRole('list', { name: 'Its credentials' }).getByRole('checkbox').first().press('Space')
  await expect(page).toHaveURL(/what-if=c/)
  await section.getByRole('button', { name: 'Make it so…' }).press('Enter')
  const plan = page.getByRole('dialog', { name: 'Hand over 1 change' })
  await expect(plan.getByText('1 credential can be done from here')).toBeVisible()
  await plan.getByRole('button', { name: 'Revoke' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Revoke / })
  await expect(dialog.getByText('What will be done')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await dialog.getByLabel(/^Its secret/).fill(passwords.schema_migrations ?? '')
  await dialog.getByRole('button', { name: 'No longer needed' }).press('Enter')
  await dialog.getByRole('button', { name: /^Revoke / }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('region', { name: 'What has been shown' })).toContainText('Login refused')
  expect(await letsIn('schema_migrations', passwords.schema_migrations ?? '')).toBe(false)
  const answer = await page.request.get(`/api/v1/runs/${page.url().split('/').at(-1)}`)
  expect((await answer.json()).credential?.name).toBeTruthy()
})

test('lists of runs and orders filter by their address, and say so to whoever may not see them', async ({
  page,
  signInAs,
}) => {
  await signInAs('auditor')
  await page.goto('/runs?kind=rotation')
  await expect(page.getByRole('link', { name: /reporting_bi/ })).toBeVisible()
  await expect(page.getByRole('link', { name: /order_worker/ })).toHaveCount(0)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.goto('/orders')
  await expect(page.getByRole('table', { name: 'Orders' }).getByRole('link').first()).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('table', { name: 'Orders' }).getByRole('link').first().click()
  await expect(page.getByRole('region', { name: 'Exact list', exact: true })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const id = await identityOf(page, 'order_worker')
  await page.goto(`/inventory/${id}`)
  await expect(page.getByRole('button', { name: 'Revoke' })).toHaveCount(0)
  await signInAs('member')
  await page.goto('/runs')
  await expect(page.getByText('You may not see the runs')).toBeVisible()
  await expect(page.getByRole('link', { name: 'A key leaked' })).toHaveCount(0)
})

// The pictures of the documentation. SCREENSHOTS=docs/screenshots npm test -- e2e e2e/lifecycle.spec.ts
const folder = process.env.SCREENSHOTS
for (const theme of folder ? (['light', 'dark'] as const) : []) {
  for (const width of [1440, 390]) {
    test(`pictures in ${theme} at ${width}`, async ({ page, signInAs }) => {
      await signInAs('security')
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
      const take = async (name: string) => {
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
        await page.waitForTimeout(600)
        const file = `${folder}/${name}-${theme}${width === 1440 ? '' : `-${width}`}.png`
        await page.screenshot({ path: file, fullPage: width === 390 || name.startsWith('run') })
      }
      await page.goto('/emergency')
      await page.getByLabel('What do you have?').fill('order_worker')
      await page.keyboard.press('Enter')
      await page.getByRole('radio', { name: /order_worker.*the whole identity.*Demo shop/ }).check()
      await expect(page.getByRole('region', { name: 'What will be done' })).toBeVisible()
      await take('emergency')
      await page.getByRole('button', { name: 'Seen in public' }).click()
      await page.getByRole('region', { name: 'What will be done' }).scrollIntoViewIfNeeded()
      await take('emergency-act')
      await page.goto('/runs')
      await expect(page.getByRole('table', { name: 'Runs' })).toBeVisible()
      await take('runs')
      const runs = (await (await page.request.get('/api/v1/runs?limit=20')).json()).items
      const kinds = new Set(runs.map((run: { kind: string }) => run.kind))
      for (const kind of kinds) {
        const { id } = runs.find((run: { kind: string }) => run.kind === kind)
        await page.goto(`/runs/${id}`)
        await expect(page.locator('[data-no]').first()).toBeVisible()
        await take(`run-${kind}`)
      }
      await page.goto('/orders')
      await take('orders')
      await page.getByRole('table', { name: 'Orders' }).getByRole('link').first().click()
      await expect(page.getByRole('region', { name: 'Exact list', exact: true })).toBeVisible()
      await take('order')
      await page.goto('/settings/lifecycle')
      await take('lifecycle-settings')
      const id = await identityOf(page, 'reporting_bi')
      await page.goto(`/inventory/${id}?do=rotate`)
      await expect(page.getByRole('region', { name: 'What will be done' })).toBeVisible()
      await take('rotate')
      await page.goto(`/inventory/${id}?do=revoke`)
      await expect(page.getByRole('region', { name: 'What will be done' })).toBeVisible()
      await take('revoke')
    })
  }
}
