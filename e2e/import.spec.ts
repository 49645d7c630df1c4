import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from './fixtures'

const fixtures = path.resolve(import.meta.dirname, '../lib/connectors')
const realExport = path.join(fixtures, 'aws/fixtures/authorization-details/cloudsplaining-authz-v2.json')

/** An account export of our own making, so that each run has its own account. */
function accountOf(users: number, account: string) {
  const list = Array.from({ length: users }, (_, n) => ({
    UserName: `deploy-${account}-${n}`,
    Arn: `arn:aws:iam::${account}:user/deploy-${account}-${n}`,
    UserId: `AIDA${account}${n}`,
    Path: '/',
    Tags: [{ Key: 'owner', Value: 'platform' }],
  }))
  const text = JSON.stringify({ UserDetailList: list, GroupDetailList: [], RoleDetailList: [], Policies: [] })
  return { name: 'account.json', mimeType: 'application/json', buffer: Buffer.from(text) }
}

test('the main job: a real export goes in, is previewed, applied, found, explained and audited', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await page.goto('/import')
  await page.locator('input[type=file]:not([data-folder])').setInputFiles(realExport)
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await expect(page.getByText('Nothing has changed yet.')).toBeVisible()
  await expect(page.getByText('Read in full').or(page.getByText('Read in part'))).toBeVisible()

  await page.getByRole('button', { name: /^Apply \d+ new/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Apply/ })
    .click()
  await expect(page.getByText(/^Applied: \d+ new/)).toBeVisible({ timeout: 30_000 })

  await page.getByRole('link', { name: 'Open the inventory' }).click()
  await page.getByPlaceholder('Name, ARN or id').fill('BlakeBortles')
  await expect(page).toHaveURL(/q=BlakeBortles/)
  await expect(page.getByText('1 identity matches the filter')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  const found = page.getByRole('link', { name: 'BlakeBortles' }).first()
  await page.goto((await found.getAttribute('href')) ?? '')
  await expect(page.getByRole('heading', { level: 1, name: 'BlakeBortles' })).toBeVisible()
  await page.getByRole('link', { name: /^Access(?! for)/ }).click()
  await expect(page.getByRole('table').first()).toBeVisible()

  await page.goto('/audit?action=import')
  await expect(page.getByText('import.apply', { exact: true }).first()).toBeVisible()
})

test('the same file again changes nothing, and a shrunken one asks before it marks the rest gone', async ({
  page,
  signInAs,
}) => {
  await signInAs('admin')
  const account = String(Math.floor(1e11 + Math.random() * 8e11))
  const put = async (users: number) => {
    await page.goto('/import')
    await page.locator('input[type=file]:not([data-folder])').setInputFiles(accountOf(users, account))
    await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  }
  const apply = async () => {
    await page.getByRole('button', { name: /^Apply/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Apply/ })
      .click()
    await expect(page.getByText(/^Applied:/)).toBeVisible({ timeout: 30_000 })
  }
  await put(10)
  await apply()
  await put(10)
  await expect(page.getByText('applying changes nothing')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Done' })).toBeVisible()
  await put(4)
  await expect(page.getByText('60 % of what this source held is not in the file')).toBeVisible()
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(page.getByRole('button', { name: /and mark the rest gone/ })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Discard preview' }).click()
  await expect(page.getByText('Thrown away before it was applied.')).toBeVisible()
})

test('a file of another kind is refused with what was expected', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/import')
  const file = { name: 'holiday.json', mimeType: 'application/json', buffer: Buffer.from('{"beach": true}') }
  await page.locator('input[type=file]:not([data-folder])').setInputFiles(file)
  await expect(page.getByText('This file cannot be imported')).toBeVisible()
  await expect(page.getByText(/It is JSON.*Expected one of/)).toBeVisible()
  await expect(page.getByRole('button', { name: /^Apply/ })).toHaveCount(0)
})

test('the columns of a CSV can be chosen', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/import')
  await page.getByLabel('Name of the source').fill(`ledger ${Date.now()}`)
  const buffer = Buffer.from('label,who\nrobot-one,platform\nrobot-two,data\n')
  await page
    .locator('input[type=file]:not([data-folder])')
    .setInputFiles({ name: 'robots.csv', mimeType: 'text/csv', buffer })
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await expect(page.getByText('Needs its columns named').first()).toBeVisible()
  await expect(page.getByText('robot-one, robot-two')).toBeVisible()
  await page.getByRole('combobox', { name: 'Name', exact: true }).click()
  await page.getByRole('option', { name: 'label', exact: true }).click()
  await page.getByRole('button', { name: 'Preview with these columns' }).click()
  await expect(page.getByText(/2 identities/)).toBeVisible()
  await expect(page.getByText(/ledger \d+ ·/)).toBeVisible()
})

test('names that are markup are shown as text', async ({ page, signInAs }) => {
  await signInAs('admin')
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto('/import')
  const buffer = Buffer.from(`name,owner\n"<img src=x onerror=alert(1)>","<script>alert(2)</script>"\n`)
  await page.getByLabel('Name of the source').fill('"><svg onload=alert(3)>')
  await page
    .locator('input[type=file]:not([data-folder])')
    .setInputFiles({ name: 'x<b>.csv', mimeType: 'text/csv', buffer })
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: /^Apply/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Apply/ })
    .click()
  await expect(page.getByText(/^Applied:/)).toBeVisible({ timeout: 30_000 })
  await page.goto('/inventory?q=onerror')
  await expect(page.getByText('<img src=x onerror=alert(1)>').first()).toBeVisible()
  expect(dialogs).toEqual([])
})

test('each format says how its file is made, by keyboard and by address', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/import')
  const find = page.getByRole('searchbox', { name: 'Find a system or format' })
  await find.fill('credential report')
  await page.getByRole('button', { name: /^AWS/ }).press('Enter')
  await expect(page).toHaveURL(/format=aws-/)
  await page.goto('/import?format=aws-credential-report')
  const guide = page.getByRole('region', { name: 'How to make a file' })
  await expect(guide.getByRole('heading', { level: 3, name: /credential report/i })).toBeVisible()
  await expect(guide.getByText(/aws iam get-credential-report/).first()).toBeVisible()
  await expect(guide.getByText(/iam:GetCredentialReport/).first()).toBeVisible()
  await expect(guide.getByText('What it cannot say')).toBeVisible()
  await expect(guide.getByRole('button', { name: /^Copy command/ }).first()).toBeVisible()
  await find.fill('no such system at all')
  await expect(page.getByText('No format matches')).toBeVisible()
})

test('the guides fit a narrow screen', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.setViewportSize({ width: 390, height: 800 })
  for (const address of ['/import', '/import?format=kubernetes-manifests']) {
    await page.goto(address)
    await expect(page.getByRole('heading', { name: 'How to make a file' })).toBeVisible()
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, address).toBeLessThanOrEqual(0)
  }
  await page.getByRole('button', { name: 'All systems' }).click()
  await expect(page.getByRole('searchbox', { name: 'Find a system or format' })).toBeVisible()
})

test('a thousand malformed rows are counted by reason, not listed one by one', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/import')
  await page.getByLabel('Name of the source').fill(`rows ${Date.now()}`)
  const rows = Array.from({ length: 1_000 }, (_, n) => `,bot,${n}`).join('\n')
  const buffer = Buffer.from(`name,kind,comment\nrobot,bot,first\n${rows}\n`)
  await page
    .locator('input[type=file]:not([data-folder])')
    .setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer })
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await expect(page.getByText('Read in part')).toBeVisible()
  await expect(page.getByText(/1,000 entries are left out/)).toBeVisible()
  const group = page.locator('details').filter({ hasText: '1,000' }).first()
  await group.locator('summary').click()
  await expect(group.getByText(/^line /)).toHaveCount(25)
  await group.getByRole('button', { name: /^Show 25 more of/ }).click()
  await expect(group.getByText(/^line /)).toHaveCount(50)
})

test('a folder goes in at once, without what else lies in it', async ({ page, signInAs }, testInfo) => {
  const folder = testInfo.outputPath('exports')
  mkdirSync(path.join(folder, 'inner'), { recursive: true })
  writeFileSync(path.join(folder, '.DS_Store'), 'x')
  writeFileSync(path.join(folder, 'a.csv'), 'name,kind\nfolder-one,bot\n')
  writeFileSync(path.join(folder, 'inner', 'b.csv'), 'name,kind\nfolder-two,bot\n')
  await signInAs('admin')
  await page.goto('/import')
  await page.getByLabel('Name of the source').fill(`folder ${Date.now()}`)
  await page.locator('input[type=file][data-folder]').setInputFiles(folder)
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1, name: '2 files' })).toBeVisible()
  await expect(page.getByText('exports/inner/b.csv').first()).toBeVisible()
})

test('too many files are told before anything is sent', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.goto('/import')
  const files = Array.from({ length: 201 }, (_, n) => ({
    name: `${n}.json`,
    mimeType: 'application/json',
    buffer: Buffer.from('{}'),
  }))
  await page.locator('input[type=file]:not([data-folder])').setInputFiles(files)
  await expect(page.getByText('Nothing was sent')).toBeVisible()
  await expect(page).toHaveURL(/\/import$/)
})
