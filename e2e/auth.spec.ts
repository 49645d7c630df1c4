import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { demoEmail, demoPassword, expect, test } from './fixtures'

async function typeIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The provider's own forms: who are you, do you agree. */
async function passProvider(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** A reviewer of the demo organization of this test's own, as a first single sign-on ends password and sessions. */
async function makeReviewer(database: pg.Client, email: string): Promise<void> {
  await database.query('BEGIN')
  await database.query(
    `SELECT set_config('app.current_org', (SELECT id::text FROM resolve_organizations() WHERE slug = 'demo'), true)`,
  )
  await database.query(
    `WITH person AS (INSERT INTO user_account (email, name) VALUES ($1, 'Sia Onda') RETURNING id)
     INSERT INTO membership (org_id, user_id, role)
     SELECT current_setting('app.current_org')::uuid, id, 'reviewer' FROM person`,
    [email],
  )
  await database.query('COMMIT')
}

test.describe('sign-in by password', () => {
  test('leads to the page that was asked for, and signing out ends the session', async ({ page, context }) => {
    const violations: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) violations.push(message.text())
    })
    await page.goto('/settings/sessions?from=a-link')
    await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fsettings%2Fsessions%3Ffrom%3Da-link$/)
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await typeIn(page, demoEmail('reviewer'), demoPassword)
    await expect(page).toHaveURL(/\/settings\/sessions\?from=a-link$/)
    await expect(page.getByText('reviewer@demo.example').first()).toBeVisible()

    const cookie = (await context.cookies()).find(({ name }) => name === 'bailiwick.session')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
    expect(await page.evaluate(() => document.cookie)).not.toContain('bailiwick')

    // The page was opened a moment ago: a press before its scripts are there is lost, as on every page.
    const account = page.getByRole('button', { name: /Account of/ })
    await expect(async () => {
      if ((await account.getAttribute('aria-expanded')) !== 'true') await account.click()
      await expect(account).toHaveAttribute('aria-expanded', 'true', { timeout: 1000 })
    }).toPass()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
    if (cookie) await context.addCookies([cookie])
    await page.goto('/settings/sessions')
    await expect(page).toHaveURL(/\/sign-in/)
    expect(violations).toEqual([])
  })

  test('says in place what is wrong, and nothing about whether the address is known', async ({ page }) => {
    await page.goto('/sign-in')
    const alert = page.getByRole('alert').filter({ hasText: 'not right' })
    await typeIn(page, demoEmail('auditor'), 'not the password')
    await expect(alert).toHaveText('The e-mail address or the password is not right.')
    await typeIn(page, 'nobody@demo.example', 'not the password')
    await expect(alert).toHaveText('The e-mail address or the password is not right.')
    await expect(page.getByLabel('Password')).toBeFocused()
    await expect(page.getByLabel('Password')).toHaveValue('')
  })

  test('never leads away from this site', async ({ page, baseURL }) => {
    for (const target of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(target)}`)
      await expect(page.getByText('evil')).toHaveCount(0)
    }
    await typeIn(page, demoEmail('member'), demoPassword)
    await expect(page).not.toHaveURL(/sign-in/)
    expect(new URL(page.url()).origin).toBe(baseURL)
  })

  test('notes the connection’s own address, not the one that a client writes', async ({
    browser,
    baseURL,
    database,
  }) => {
    const context = await browser.newContext({ baseURL, extraHTTPHeaders: { 'x-forwarded-for': '198.51.100.66' } })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await typeIn(page, demoEmail('security'), demoPassword)
    await expect(page).not.toHaveURL(/sign-in/)
    const { rows } = await database.query<{ ip: string }>(
      `SELECT s.ip FROM session s JOIN user_account u ON u.id = s.user_id
       WHERE u.email = $1 AND s.user_agent <> 'Playwright' ORDER BY s.created_at DESC LIMIT 1`,
      [demoEmail('security')],
    )
    expect(rows[0]?.ip).toMatch(/^(127\.0\.0\.1|::1)$/)
    await context.close()
  })
})

test.describe('single sign-on', () => {
  test('lets a person in whom the provider and this installation know', async ({ page, database }) => {
    const name = `sia-${randomUUID().slice(0, 8)}`
    await makeReviewer(database, `${name}@demo.example`)
    await page.goto('/sign-in?callbackUrl=%2Fsettings%2Fsessions')
    await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
    await passProvider(page, name)
    await expect(page).toHaveURL(/\/settings\/sessions$/)
    await expect(page.getByText(`${name}@demo.example`).first()).toBeVisible()
  })

  for (const [name, heading] of [
    ['stranger', 'You have no access here yet'],
    ['unverified', 'Your address is not verified'],
  ] as const) {
    test(`refuses ${name} with a page that says what to do`, async ({ page }) => {
      await page.goto('/sign-in')
      await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
      await passProvider(page, name)
      await expect(page.getByRole('heading', { name: heading })).toBeVisible()
      await page.getByRole('link', { name: 'Back to sign-in' }).click()
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    })
  }

  test('that was broken off says so', async ({ page }) => {
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'Single sign-on was broken off' })).toBeVisible()
  })
})

test.describe('a session', () => {
  test('ends with the next request after it was revoked', async ({ page, signInAs, database }) => {
    const { sessionId } = await signInAs('admin')
    await page.goto('/settings/sessions')
    await expect(page.getByText('admin@demo.example').first()).toBeVisible()
    await database.query('UPDATE session SET revoked_at = now() WHERE id = $1', [sessionId])
    expect((await page.request.get('/api/v1/sessions')).status()).toBe(401)
    await page.goto('/settings/sessions')
    await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fsettings%2Fsessions$/)
  })

  test('cannot be used by a form of another site', async ({ page, signInAs }) => {
    await signInAs('admin')
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const response = await page.request.post('/api/v1/sessions/revoke-others', { headers })
      expect(response.status()).toBe(403)
    }
  })
})

test.describe('every answer', () => {
  for (const path of ['/sign-in', '/signed-out', '/', '/api/v1/sessions', '/api/auth/csrf', '/nothing-here']) {
    test(`carries the security headers: ${path}`, async ({ request }) => {
      const response = await request.get(path, { maxRedirects: 0 })
      const headers = response.headers()
      expect(headers['content-security-policy']).toMatch(/script-src 'nonce-[^']+' 'strict-dynamic';/)
      expect(headers['content-security-policy']).toContain(`frame-ancestors 'none'`)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['cache-control']).toContain('no-store')
      expect(headers).not.toHaveProperty('x-powered-by')
    })
  }
})
