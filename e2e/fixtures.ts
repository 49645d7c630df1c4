import { randomUUID } from 'node:crypto'
import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { encode } from 'next-auth/jwt'
import pg from 'pg'

export { expect }

export const demoRoles = ['admin', 'security', 'reviewer', 'auditor', 'member'] as const
export type DemoRole = (typeof demoRoles)[number]

export const demoPassword = process.env.DEMO_PASSWORD ?? 'bailiwick-demo'
export const demoEmail = (role: DemoRole) => `${role}@demo.example`

/**
 * What axe finds on the page as it is when everything has arrived and nothing moves: what is just fading in or away has no
 * contrast to speak of.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await page.waitForFunction(
    () =>
      document.title !== '' &&
      document
        .getAnimations()
        .every(
          ({ playState, effect }) =>
            playState !== 'running' || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
        ),
  )
  // A message that is on its way out is paler with each frame, and may begin to be while axe looks.
  const { violations } = await new AxeBuilder({ page }).exclude('[data-removed=true]').analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, html }) => `${target} ${html}`).join(' | ')}`)
}

/** Goes to a page by its two keys, once the page listens: what is pressed before is lost, as it is for people. */
export async function goByKeys(page: Page, key: string, address: RegExp): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(page).toHaveURL(address, { timeout: 3000 })
  }).toPass()
}

export interface MintedSession {
  sessionId: string
  userId: string
}

interface Fixtures {
  /** Gives this test's browser a session of the demo organization's person with a role. */
  signInAs: (role: DemoRole) => Promise<MintedSession>
}

interface WorkerFixtures {
  /** A connection to the application's database, with its rights and no more. */
  database: pg.Client
}

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is missing: run the browser tests with npm test -- e2e`)
  return value
}

/**
 * Signs in without the form, as signing in itself is tested in auth.spec.ts: writes a session row and makes the cookie
 * that belongs to it (a JWE by next-auth that names session and person, nothing else).
 */
export async function mintSession(
  database: pg.Client,
  context: BrowserContext,
  role: DemoRole,
  site = needed('E2E_URL'),
): Promise<MintedSession> {
  const sessionId = randomUUID()
  const { rows } = await database.query<{ userId: string }>(
    `INSERT INTO session (id, user_id, active_org_id, method, ip, user_agent, expires_at)
     SELECT $1, u.id, m.org_id, 'password', '127.0.0.1', 'Playwright', now() + interval '12 hours'
     FROM user_account u, LATERAL resolve_memberships(u.id) m WHERE u.email = $2 AND m.org_slug = 'demo'
     RETURNING user_id AS "userId"`,
    [sessionId, demoEmail(role)],
  )
  const userId = rows[0]?.userId
  if (!userId) throw new Error(`${demoEmail(role)} is not in the demo organization: was it made?`)
  const value = await encode({
    token: { sid: sessionId, sub: userId },
    secret: needed('AUTH_SECRET'),
    maxAge: 12 * 3600,
  })
  await context.addCookies([{ name: 'bailiwick.session', value, url: site, httpOnly: true, sameSite: 'Lax' }])
  return { sessionId, userId }
}

/** Waits until React has taken over what the server painted and bound its keys: those that are pressed earlier are lost. */
async function listening(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('main, main table')].every((element) =>
      Object.keys(element).some((key) => key.startsWith('__reactProps')),
    ),
  )
  // Keys are bound after what was taken over is painted.
  await page.evaluate(
    () => new Promise<void>((resolve) => window.requestIdleCallback(() => resolve(), { timeout: 2000 })),
  )
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  page: async ({ page }, use) => {
    const goTo = page.goto.bind(page)
    page.goto = async (...options) => {
      const response = await goTo(...options)
      await listening(page)
      return response
    }
    await use(page)
  },
  database: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are wanted
    async ({}, use) => {
      const client = new pg.Client({ connectionString: needed('DATABASE_URL') })
      await client.connect()
      await client.query(`SELECT set_config('role', 'bailiwick_app', false)`)
      await use(client)
      await client.end()
    },
    { scope: 'worker' },
  ],
  signInAs: async ({ database, context }, use) => {
    await use((role) => mintSession(database, context, role))
  },
})
