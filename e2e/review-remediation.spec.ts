import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import type { Locator, Page, TestInfo } from '@playwright/test'
import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct, letsIn, onServer } from './shop-server'

// A review of accounts of the demo's live PostgreSQL connection to its end: decided by keyboard, signed off, carried out at the
// source, proved, closed as effective, and its report verified away from the application. What the pages say is held against plain
// logins from outside.

test.describe.configure({ mode: 'serial', timeout: 240_000 })

// Each start of a worker has names of its own: what an earlier try has cut off stays cut off.
const stamp = Date.now().toString(36)
const mark = `reviewed_${stamp}`
const name = `Accounts of ${mark}`
/** The connection may do nothing with these: they are not its own. */
const beyond = [`beyond_${stamp}_first`, `beyond_${stamp}_second`]
const accounts = { gone: `${mark}_gone`, kept: `${mark}_kept`, narrowed: `${mark}_narrowed` }
const passwordOf = (account: string) => `password-of-${account}`
let address = ''

test.beforeAll(async () => {
  for (const account of beyond) await onServer(`CREATE ROLE ${account} LOGIN PASSWORD '${passwordOf(account)}'`)
  for (const account of Object.values(accounts)) {
    // By the account of the connection, which then administers what it made and granted.
    await onServer(`SET ROLE bailiwick_demo; CREATE ROLE ${account} LOGIN PASSWORD '${passwordOf(account)}';
      GRANT shop_readers, shop_writers TO ${account}`)
  }
})

/** The groups of a role, as the server has them. */
async function groupsOf(account: string): Promise<string[]> {
  const rows = await onServer<{ name: string }>(
    `SELECT g.rolname AS name FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
     WHERE r.rolname = $1 ORDER BY 1`,
    [account],
  )
  return rows.map((row) => row.name)
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
    await expect.poll(known, { timeout: 15_000 }).toBe(5)
  }).toPass({ timeout: 90_000 })
}

async function chooseReviewer(page: Page, person: string): Promise<void> {
  const group = page.getByRole('group', { name: 'Named in stage 1' })
  await group.getByRole('button', { name: 'Named in stage 1: choose' }).click()
  await group.getByRole('combobox', { name: 'Owner' }).fill(person)
  await group
    .getByRole('option', { name: new RegExp(person, 'i') })
    .first()
    .click()
}

test('a campaign over live accounts is built and launched', async ({ page, signInAs }) => {
  await signInAs('security')
  await syncUntilKnown(page)
  for (const account of Object.values(accounts)) expect(await letsIn(account, passwordOf(account))).toBe(true)
  await page.goto('/reviews/new?template=privileged')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByRole('group', { name: 'Which identities' }).getByLabel('Part of the name').fill(mark)
  await page.getByRole('button', { name: 'Named people or teams' }).click()
  for (const source of ['The owner', 'The backup owner', 'The lead of the owner’s team']) {
    const out = page.getByRole('button', { name: `${source}: do not ask` })
    if ((await out.count()) > 0) await out.first().click()
  }
  for (const extra of await page.getByRole('button', { name: /^Take stage [23] out$/ }).all()) await extra.click()
  await chooseReviewer(page, 'reviewer@demo.example')
  await page.getByText('How careful reviewers have to be').click()
  const notes = page.getByRole('group', { name: 'Always with a note' })
  for (const decision of ['Certify', 'Revoke']) await notes.getByLabel(decision, { exact: true }).uncheck()
  const preview = page.getByRole('region', { name: 'What it would be' })
  await expect(preview.getByText('3 identities', { exact: true })).toBeVisible()
  await expect(preview).toContainText('asked of 1 reviewer')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // While somebody else has the connection read, a launch is refused with that reason; then it is tried again.
  await expect(async () => {
    if (/\/reviews\/[0-9a-f-]{36}$/.test(page.url())) await page.reload()
    await page.getByRole('button', { name: 'Launch…' }).click({ timeout: 15_000 })
    const dialog = page.getByRole('dialog', { name: `Launch ${name}?` })
    const typed = dialog.getByLabel(/^Type launch/)
    if ((await typed.count()) > 0) await typed.fill('launch')
    await dialog.getByRole('button', { name: /^Ask 1 reviewer about 3 identities/ }).click()
    await expect(page.getByRole('region', { name: 'What came of it' })).toBeVisible({ timeout: 20_000 })
  }).toPass({ timeout: 120_000 })
  address = page.url()
})

test('it is reviewed by keyboard, signed off, and carried out at the source', async ({ page, signInAs }) => {
  await signInAs('reviewer')
  await page.goto(`${address}/decide`)
  const list = page.getByRole('listbox', { name: `Items of ${name}` })
  await expect(list).toBeFocused()
  const decided = page.getByText(/^\d of 3 decided/)
  for (let done = 0; done < 3; done += 1) {
    const article = page.getByRole('region', { name: 'Evidence' }).getByRole('article')
    await expect(article).toBeVisible()
    await expect(article).toContainText(mark)
    const text = await article.innerText()
    if (text.includes(accounts.gone)) await page.keyboard.press('r')
    else if (text.includes(accounts.kept)) await page.keyboard.press('a')
    else await keepReaders(page)
    await expect(decided).toContainText(new RegExp(`^${done + 1} of 3`))
  }
  // Drafts do nothing.
  for (const account of Object.values(accounts)) expect(await letsIn(account, passwordOf(account))).toBe(true)
  await page.goto(`${address}/sign-off`)
  await expect(page.getByRole('region', { name: 'What signing off does' })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByLabel('What you state with it').fill('Looked at one by one')
  await page.getByRole('button', { name: 'Sign off 3 decisions' }).press('Enter')
  await expect(page.getByRole('status').filter({ hasText: '3 decisions are final.' })).toBeVisible()
  await agreeIfAsked(page, signInAs)

  // From outside: refused, as it was, and with one right less.
  await expect.poll(() => letsIn(accounts.gone, passwordOf(accounts.gone)), { timeout: 90_000 }).toBe(false)
  await expect.poll(() => groupsOf(accounts.narrowed), { timeout: 60_000 }).toEqual(['shop_readers'])
  expect(await letsIn(accounts.narrowed, passwordOf(accounts.narrowed))).toBe(true)
  expect(await letsIn(accounts.kept, passwordOf(accounts.kept))).toBe(true)
  expect(await groupsOf(accounts.kept)).toEqual(['shop_readers', 'shop_writers'])
})

/** Reduces the item in view to what readers may, by the keyboard. */
async function keepReaders(page: Page): Promise<void> {
  await page.keyboard.press('Shift+d')
  const dialog = page.getByRole('dialog', { name: 'Reduce to what you choose' })
  const readers = dialog.getByRole('checkbox', { name: /shop_readers/ })
  if (!(await readers.isChecked())) await readers.press('Space')
  const writers = dialog.getByRole('checkbox', { name: /shop_writers/ })
  if (await writers.isChecked()) await writers.press('Space')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Reduce to 1 grant' }).press('Enter')
  await expect(dialog).toBeHidden()
}

/** Another file of the tests has everything wait for a second person for a moment: then somebody else agrees to this one too. */
async function agreeIfAsked(page: Page, signInAs: (role: 'admin') => Promise<unknown>): Promise<void> {
  const ended = ['verified', 'running']
  await signInAs('admin')
  const id = address.split('/').at(-1)
  await expect
    .poll(
      async () => {
        const { items } = await (await page.request.get(`/api/v1/campaigns/${id}/remedies`)).json()
        const waiting = items.find((item: { state: string }) => item.state === 'waiting')
        if (waiting) {
          await page.goto(`/orders/${waiting.orderId}`)
          await page.getByRole('button', { name: /^Agree/ }).press('Enter')
        }
        return items.length === 2 && items.every((item: { state: string }) => ended.includes(item.state))
      },
      { timeout: 60_000 },
    )
    .toBe(true)
}

test('it closes as effective by itself, and an auditor sees why', async ({ page, signInAs }) => {
  await signInAs('auditor')
  await page.goto(address)
  await expect(page.getByText(/^Closed as effective/)).toBeVisible({ timeout: 60_000 })
  await page
    .getByRole('navigation', { name: `Views of ${name}` })
    .getByRole('link', { name: 'Carried out' })
    .click()
  const table = page.getByRole('table', { name: 'What is carried out' })
  await expect(rowOf(table, accounts.gone)).toContainText('Proved gone')
  await expect(rowOf(table, accounts.narrowed)).toContainText('The right was taken away')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'review-carried-out')
  await rowOf(table, accounts.gone).getByRole('link', { name: 'a run at the source' }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('region', { name: 'What has been shown' })).toBeVisible()
  const [row] = await inProduct<{ state: string }>(`SELECT state FROM review_campaign WHERE id = $1`, [
    address.split('/').at(-1),
  ])
  expect(row?.state).toBe('closed_effective')
})

const rowOf = (table: Locator, account: string) => table.getByRole('row').filter({ hasText: account })

test('its report is verified away from the application, and found broken after one byte', async ({
  page,
  signInAs,
}, info) => {
  await signInAs('auditor')
  await page.goto(`${address}?tab=record`)
  await expect(page.getByRole('region', { name: 'What was frozen' })).toContainText('Hash of the evidence')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'JSON' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toMatch(/^review-accounts-of-.*\.json$/)
  const file = info.outputPath('report.json')
  await download.saveAs(file)
  const whole = await verify(file, info)
  expect(whole.said).toContain(`intact, 3 items of “${name}”`)
  expect(whole.code).toBe(0)

  const bytes = await readFile(file)
  const at = bytes.indexOf(accounts.gone)
  expect(at).toBeGreaterThan(0)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  const changed = info.outputPath('changed.json')
  await writeFile(changed, bytes)
  const broken = await verify(changed, info)
  expect(broken.said).toContain('broken')
  expect(broken.said).toContain('something in them was changed')
  expect(broken.code).toBe(1)
  // The one that was not touched is what it was.
  expect((await verify(file, info)).code).toBe(0)
  // The record names the event of that report, and whoever signs for it.
  const log = page.getByRole('region', { name: 'In the audit log' })
  await expect(log.getByRole('listitem').filter({ hasText: 'Report handed out' })).toContainText('Checkpoint signed')
  await expect(log.getByRole('listitem').filter({ hasText: 'Launched' })).toBeVisible()
  const { keyFingerprint, events } = await (
    await page.request.get(`/api/v1${new URL(address).pathname.replace('reviews', 'campaigns')}/record`)
  ).json()
  expect(whole.said).toContain(`signed by the key ${keyFingerprint}`)
  const { seal } = JSON.parse(await readFile(file, 'utf8'))
  expect(events.at(-1)).toMatchObject({ action: 'review.report', seq: seal.event.seq, reportHead: seal.head })
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'review-report')
})

/** With nothing of the running application: no address of it, no key, no database. */
async function verify(file: string, info: TestInfo): Promise<{ code: number; said: string }> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['run', '-s', 'review:verify', '--', file],
      { cwd: info.project.testDir.replace(/\/e2e$/, ''), env: { PATH, HOME, NODE_ENV: 'production' } },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: `${out}${err}` }),
    )
  })
}

test('what cannot be carried out from here is settled by people, and closes with exceptions', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  const id = await launchedBeyond(page)
  const { items } = await (await page.request.get(`/api/v1/campaigns/${id}/items?whose=all`)).json()
  await signInAs('reviewer')
  for (const { no } of items)
    await post(page, `/api/v1/campaigns/${id}/decisions`, { what: { items: [no] }, decision: 'revoke' })
  const { draftHash } = await (await page.request.get(`/api/v1/campaigns/${id}/sign-off`)).json()
  await post(page, `/api/v1/campaigns/${id}/sign-off`, { draftHash })

  await signInAs('security')
  await page.goto(`/reviews/${id}?tab=remediation`)
  const table = page.getByRole('table', { name: 'What is carried out' })
  const [first = '', second = ''] = beyond
  for (const account of beyond)
    await expect(rowOf(table, account)).toContainText('Somebody has to do it', { timeout: 60_000 })
  const settle = async (account: string, way: RegExp) => {
    await rowOf(table, account)
      .getByRole('button', { name: `Settle ${account}` })
      .press('Enter')
    const dialog = page.getByRole('dialog', { name: `What becomes of ${account}?` })
    await expect(dialog).toContainText('ADMIN OPTION')
    await dialog.getByRole('radio', { name: way }).check()
    return dialog
  }
  // Given to somebody: nothing is left open, and each refusal stands in the dialog.
  const give = await settle(first, /^Give it to somebody/)
  await give.getByRole('button', { name: 'Give it to them' }).click()
  await expect(give.getByText('Choose who answers for it.')).toBeVisible()
  await give.getByPlaceholder('Team, name or e-mail address').fill('admin@demo')
  await give.getByRole('option').first().click()
  await give.getByRole('button', { name: 'Give it to them' }).click()
  await expect(give.getByText('Say until when.')).toBeVisible()
  await give.getByLabel(/^Done by/).fill('2099-03-14')
  await give.getByRole('button', { name: 'Give it to them' }).click()
  await expect(give.getByText('Say why.')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await give.getByLabel(/^Reason/).fill('They administer that role')
  await give.getByRole('button', { name: 'Give it to them' }).press('Enter')
  await expect(give).toBeHidden()
  await expect(rowOf(table, first)).toContainText('Ines Halloran')
  // A person's word proves nothing, and the page says whose it is.
  const done = await settle(first, /^It is done/)
  await done.getByLabel(/^Reason/).fill('Dropped by hand')
  await done.getByRole('button', { name: 'Say that it is done' }).press('Enter')
  await expect(rowOf(table, first)).toContainText('Done, by a person’s word')
  const stays = await settle(second, /^It stays/)
  await stays.getByPlaceholder('Team, name or e-mail address').fill('admin@demo')
  await stays.getByRole('option').first().click()
  await stays.getByLabel(/^Until/).fill('2099-03-14')
  await stays.getByLabel(/^Reason/).fill('Needed until the new one is there')
  await stays.getByRole('button', { name: 'Leave it' }).press('Enter')
  await expect(rowOf(table, second)).toContainText('Stays, with a reason')
  for (const account of beyond) expect(await groupsOf(account)).toEqual([])

  await page.getByRole('button', { name: 'Close it' }).click()
  const close = page.getByRole('dialog', { name: /^Close / })
  await close.getByRole('button', { name: 'Close as effective' }).click()
  await expect(close.getByText('2 are not proved.')).toBeVisible()
  await close.getByLabel('Close with exceptions').check()
  await close.getByLabel(/^Reason/).fill('Both have somebody who answers')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await close.getByRole('button', { name: 'Close with exceptions' }).press('Enter')
  await expect(page.getByText(/^Closed with exceptions/).first()).toBeVisible()

  // Somebody else looks at how it was decided, and has it decided again.
  await page.goto(`/reviews/${id}?tab=quality`)
  const batch = page.getByRole('region', { name: 'By reviewer' }).getByRole('listitem').first()
  await expect(async () => {
    await page.reload()
    await expect(batch.locator('summary')).toContainText('2 decisions', { timeout: 5000 })
  }).toPass({ timeout: 90_000 })
  if ((await batch.locator('details[open]').count()) === 0) await batch.locator('summary').press('Enter')
  await batch.getByRole('button', { name: /^Say what you make of/ }).press('Enter')
  const look = page.getByRole('dialog', { name: /^What do you make of the decisions of/ })
  await look.getByRole('radio', { name: /^Decide again/ }).check()
  await look.getByRole('button', { name: 'Have them decided again' }).click()
  await expect(look.getByText('Say what you saw.')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await look.getByLabel(/^Reason/).fill('Decided without the evidence')
  await look.getByRole('button', { name: 'Have them decided again' }).press('Enter')
  await expect(look).toBeHidden()
  await expect(batch).toContainText('to be reviewed again. “Decided without the evidence”')
  await expect(batch.getByRole('button', { name: /^Say what you make of/ })).toHaveCount(0)
  const drafts = await (await page.request.get('/api/v1/campaigns?state=draft')).json()
  expect(drafts.items.map((item: { name: string }) => item.name).join()).toContain(`Beyond ${stamp}`)
})

/** A campaign over the accounts that are not the connection's own; while somebody has it read, a launch is refused. */
async function launchedBeyond(page: Page): Promise<string> {
  const owners = await (await page.request.get('/api/v1/owners')).json()
  const reviewer = owners.items.find((item: { label: string }) => item.label === 'Priya Raman').key
  const draft = await post(page, '/api/v1/campaigns', {
    name: `Beyond ${stamp}`,
    scope: { kind: 'identities', filter: { q: `beyond_${stamp}` } },
    rules: { stages: [{ reviewers: ['named'], named: [reviewer] }], silence: 'keep', noteFor: [], noteFromScore: null },
  })
  await expect(async () => {
    const { version } = await (await page.request.get(`/api/v1/campaigns/${draft.id}`)).json()
    await post(page, `/api/v1/campaigns/${draft.id}/launch`, { version })
  }).toPass({ timeout: 60_000 })
  return draft.id
}

async function post(page: Page, path: string, data: object): Promise<{ id: string }> {
  const answer = await page.request.post(path, { data, headers: { origin: new URL(process.env.E2E_URL ?? '').origin } })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  return answer.status() === 204 ? { id: '' } : answer.json()
}
