import { randomUUID } from 'node:crypto'
import type { BrowserContext, Page } from '@playwright/test'
import { encode } from 'next-auth/jwt'
import { notificationKinds } from '../lib/notifications/values'
import { MailServer } from '../lib/platform/testing/servers/mail-server'
import { accessibilityFaults, demoPassword, expect, test } from './fixtures'
import { onServer } from './shop-server'

// An organization of its own, whose mails go to a mail server of this file: nothing else happens in it.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const mark = randomUUID().slice(0, 8)
const login = { user: 'bailiwick', password: `pw-${randomUUID()}` }
const org = { id: randomUUID(), name: `Mailroom ${mark}` }
const people = { admin: person('Ada', 'admin'), security: person('Sam', 'security') }
let server: MailServer
const site = process.env.E2E_URL ?? ''

function person(name: string, role: string) {
  return { id: randomUUID(), name: `${name} ${mark}`, email: `${name.toLowerCase()}.${mark}@example.org`, role }
}

test.beforeAll(async () => {
  server = await MailServer.start({ tls: 'starttls', login })
  await onServer(`INSERT INTO organization (id, name, slug) VALUES ($1, $2, $3)`, [org.id, org.name, `mail-${mark}`])
  for (const { id, name, email, role } of Object.values(people)) {
    await onServer(
      `INSERT INTO user_account (id, name, email, password_hash)
       SELECT $1, $2, $3, password_hash FROM user_account WHERE email = 'admin@demo.example'`,
      [id, name, email],
    )
    await onServer(`INSERT INTO membership (org_id, user_id, role) VALUES ($1, $2, $3)`, [org.id, id, role])
  }
})
test.afterAll(() => server.stop())

async function signIn(context: BrowserContext, who: keyof typeof people): Promise<void> {
  const sid = randomUUID()
  await onServer(
    `INSERT INTO session (id, user_id, active_org_id, method, expires_at) VALUES ($1, $2, $3, 'password', now() + interval '1 hour')`,
    [sid, people[who].id, org.id],
  )
  const value = await encode({
    token: { sid, sub: people[who].id },
    secret: process.env.AUTH_SECRET ?? '',
    maxAge: 3600,
  })
  await context.addCookies([{ name: 'bailiwick.session', value, url: site, httpOnly: true, sameSite: 'Lax' }])
}

/** What the worker writes by its own schedule, whoever opens what. */
const byClock = new Set(['score_day', 'identity_score', 'graph_version', 'rotation_due_state'])

/** A digest of every row of this organization, by table, and of the people's sessions but for when they were last used. */
async function snapshot(): Promise<Record<string, string>> {
  const tables = await onServer<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY 1`,
  )
  const digests: Record<string, string> = {}
  for (const { name } of tables.filter((table) => !byClock.has(table.name))) {
    const [row] = await onServer<{ digest: string }>(
      `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM "${name}" t WHERE org_id = $1`,
      [org.id],
    )
    digests[name] = row?.digest ?? ''
  }
  const sessions = await onServer(
    `SELECT id, user_id, active_org_id, revoked_at FROM session WHERE active_org_id = $1 ORDER BY id`,
    [org.id],
  )
  return { ...digests, sessions: JSON.stringify(sessions) }
}

const field = (page: Page, name: string | RegExp) => page.getByLabel(name, { exact: true })

test('an administrator names a mail server, and hears plainly what fails', async ({ page, context }) => {
  await signIn(context, 'admin')
  await page.goto('/settings/mail')
  await expect(page.getByText('No e-mail is sent')).toBeVisible()
  await expect(page.getByText('Every e-mail arrived')).toBeVisible()
  await page.getByRole('combobox', { name: 'E-mail of this organization is sent' }).click()
  await page.getByRole('option', { name: 'By a server of our own' }).click()
  await field(page, 'Server').fill('localhost')
  await field(page, 'Port').fill(String(server.port))
  await field(page, /^User/).fill(login.user)
  await field(page, /^Password/).fill('wrong')
  await field(page, 'E-mail comes from').fill('not an address')
  await field(page, /^Certificate authority/).fill(server.pem)
  await page.getByRole('button', { name: 'Save mail server' }).click()
  await expect(page.getByText('Write an e-mail address, such as bailiwick@example.com.')).toBeVisible()
  await field(page, 'E-mail comes from').fill('bailiwick@example.org')
  await page.getByRole('button', { name: 'Save mail server' }).click()
  await expect(page.getByText('Mail server saved')).toBeVisible()

  await page.getByRole('button', { name: 'Send a test e-mail' }).click()
  await expect(page.getByText('localhost refused the user name or the password')).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await field(page, /^Password/).fill(login.password)
  await expect(page.getByRole('button', { name: 'Send a test e-mail' })).toBeDisabled()
  await page.getByRole('button', { name: 'Save mail server' }).click()
  await expect(page.getByRole('button', { name: 'Send a test e-mail' })).toBeEnabled()
  await page.getByRole('button', { name: 'Send a test e-mail' }).click()
  await expect(page.getByText('localhost took the e-mail')).toBeVisible()
  expect(server.received.map(({ to, isSecure, user }) => ({ to, isSecure, user }))).toEqual([
    { to: [people.admin.email], isSecure: true, user: login.user },
  ])
  await page.reload()
  await expect(field(page, /^Password/)).toHaveValue('')
  expect(await page.content()).not.toContain(login.password)
})

test('a scanner that opens every link of every mail changes nothing', async ({ page, context, playwright }) => {
  server.received.length = 0
  const [order] = await onServer<{ id: string }>(
    `INSERT INTO lifecycle_order (org_id, kind, state, reason, list, list_hash, target_count, options, requested_key, requested_by, expires_at)
     VALUES ($1, 'revocation', 'waiting', 'leaked', $3, 'hash', 1, '{"ownerKeys":[],"secondPerson":"It reaches far."}', $2, 'Ada', now() + interval '1 day')
     RETURNING id`,
    [
      org.id,
      `user:${people.admin.id}`,
      JSON.stringify([{ identityId: randomUUID(), credentialId: null, name: 'svc_a' }]),
    ],
  )
  const kinds = notificationKinds.filter((kind) => kind !== 'mail_undelivered')
  for (const kind of kinds)
    await onServer(
      `WITH n AS (INSERT INTO notification (org_id, user_id, kind, subject, facts, path, dedupe_key)
         VALUES ($1, $2, $3, $4, '[{"label":"Asked for by","value":"Ada"}]', $5, $3) RETURNING org_id, id, user_id),
       m AS (INSERT INTO mail (org_id, user_id, kind) SELECT org_id, user_id, 'at_once' FROM n RETURNING org_id, id)
       INSERT INTO mail_item (org_id, mail_id, notification_id) SELECT m.org_id, m.id, n.id FROM m, n`,
      [
        org.id,
        people.security.id,
        kind,
        `Told of ${kind}`,
        kind === 'order_waits' ? `/orders/${order?.id}` : '/notifications',
      ],
    )
  // One more mail, of the week: it has links to each thing that it tells of.
  await onServer(
    `WITH m AS (INSERT INTO mail (org_id, user_id, kind) VALUES ($1, $2, 'weekly') RETURNING org_id, id)
     INSERT INTO mail_item (org_id, mail_id, notification_id) SELECT m.org_id, m.id, n.id FROM m, notification n WHERE n.org_id = $1`,
    [org.id, people.security.id],
  )
  await expect.poll(() => server.received.length, { timeout: 60_000 }).toBe(kinds.length + 1)
  await expect
    .poll(async () => (await onServer(`SELECT FROM mail WHERE org_id = $1 AND state <> 'sent'`, [org.id])).length)
    .toBe(0)

  const links = new Set(
    server.received.flatMap(({ mail }) => [
      ...[...(mail.html ?? '').matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&')),
      ...((mail.text ?? '').match(/https?:\/\/\S+/g) ?? []),
    ]),
  )
  expect([...links].every((link) => link.startsWith(`${site}/`))).toBe(true)
  expect(links.size).toBeGreaterThanOrEqual(3)
  expect(JSON.stringify(server.received)).not.toContain(login.password)
  await signIn(context, 'security')
  const before = await snapshot()
  const stranger = await playwright.request.newContext()
  for (const link of links) {
    for (const method of ['GET', 'HEAD']) expect((await stranger.fetch(link, { method })).status()).toBeLessThan(400)
    // In a browser of the very person, scripts and all.
    await page.goto(link)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    for (const method of ['GET', 'HEAD'])
      expect((await context.request.fetch(link, { method })).status()).toBeLessThan(400)
  }
  await stranger.dispose()
  expect(await snapshot()).toEqual(before)
})

test('a link of a mail keeps where it leads through sign-in, and leads nowhere else', async ({ page }) => {
  const link = /https?:\/\/\S+\/orders\/\S+/.exec(
    server.received.map(({ mail }) => mail.text ?? '').find((text) => text.includes('order_waits')) ?? '',
  )?.[0]
  expect(link).toBeDefined()
  const enter = async () => {
    await page.getByLabel('E-mail address').fill(people.security.email)
    await page.getByLabel('Password').fill(demoPassword)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  await page.goto(link ?? '')
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Forders%2F/)
  await enter()
  await expect(page).toHaveURL(link ?? '')
  await page.context().clearCookies()
  await page.goto(`/sign-in?callbackUrl=${encodeURIComponent('//evil.example/orders')}`)
  await enter()
  await expect(page).toHaveURL(`${site}/`)
})

test('the bell counts, opens a page and marks it read; the list goes by keyboard', async ({ page, context }) => {
  await signIn(context, 'security')
  await page.goto('/settings/teams')
  const unread = notificationKinds.length - 1
  await page.getByRole('button', { name: `Notifications, ${unread} unread` }).click()
  const panel = page.getByRole('dialog', { name: 'Notifications' })
  await expect(panel.getByRole('listitem')).toHaveCount(6)
  expect(await accessibilityFaults(page)).toEqual([])
  await panel.getByRole('link', { name: /Told of reappeared/ }).click()
  await expect(page).toHaveURL(/\/notifications$/)
  await expect(page.getByRole('button', { name: `Notifications, ${unread - 1} unread` })).toBeVisible()

  const list = page.getByRole('list', { name: 'Notifications' })
  await expect(list.getByRole('listitem')).toHaveCount(unread)
  await expect(list.getByRole('listitem').last()).toContainText('Told of reappeared')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(list.getByRole('link').nth(1)).toBeFocused()
  const second = await list.getByRole('link').nth(1).innerText()
  await page.keyboard.press('m')
  await expect(page.getByRole('button', { name: `Notifications, ${unread - 2} unread` })).toBeVisible()
  await expect(list.getByRole('listitem').last()).toContainText(second.replace(/^Unread:\s*/, '').trim())
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await expect(page.getByText(`${unread - 2} notifications marked as read`)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Unread', exact: true }).click()
  await expect(page.getByText('Nothing is unread')).toBeVisible()
})

test('somebody chooses how they are told; what waits for them cannot be switched off', async ({ page, context }) => {
  await signIn(context, 'security')
  await page.goto('/settings/notifications')
  const waits = page.getByRole('combobox', { name: 'An order waits for a second person' })
  await waits.click()
  await expect(page.getByRole('option', { name: 'Not at all' })).toHaveCount(0)
  await page.getByRole('option', { name: 'Daily e-mail' }).click()
  await page.getByLabel('Time zone').fill('Mars/Olympus')
  await page.getByRole('button', { name: 'Save choice' }).click()
  await expect(page.getByText('Choose a time zone of the list, such as Europe/Oslo.').first()).toBeVisible()
  await page.getByLabel('Time zone').fill('Europe/Oslo')
  await page.getByRole('button', { name: 'Save choice' }).click()
  await expect(page.getByText('Your choice is saved')).toBeVisible()
  await expect(page.getByText('The next daily one comes')).toBeVisible()
  await page.reload()
  await expect(waits).toContainText('Daily e-mail')
  expect(await accessibilityFaults(page)).toEqual([])
  await page.goto('/settings/mail')
  await expect(page.getByText('You may not see the settings of e-mail')).toBeVisible()
})

test('an administrator sees what did not arrive, and who was told instead', async ({ page, context }) => {
  server.refusals.set(people.security.email, { code: 550, says: 'No such mailbox' })
  await onServer(
    `WITH n AS (INSERT INTO notification (org_id, user_id, kind, subject, path, dedupe_key, fallback)
       VALUES ($1, $2, 'order_waits', 'Revocation of svc_a waits for a second person', '/orders', 'order:x', ARRAY[$3::uuid]) RETURNING org_id, id, user_id),
     m AS (INSERT INTO mail (org_id, user_id, kind) SELECT org_id, user_id, 'at_once' FROM n RETURNING org_id, id)
     INSERT INTO mail_item (org_id, mail_id, notification_id) SELECT m.org_id, m.id, n.id FROM m, n`,
    [org.id, people.security.id, people.admin.id],
  )
  await signIn(context, 'admin')
  await expect(async () => {
    await page.goto('/settings/mail')
    await expect(page.getByRole('row', { name: /Revocation of svc_a/ })).toContainText('did not arrive', {
      timeout: 1000,
    })
  }).toPass({ timeout: 60_000 })
  const row = page.getByRole('row', { name: /Revocation of svc_a/ })
  await expect(row).toContainText('No such mailbox')
  await expect(row).toContainText(people.admin.name)
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Notifications, 2 unread' }).click()
  await expect(page.getByText(`An e-mail to ${people.security.name} did not arrive`)).toBeVisible()
})
