import { expect, type Page } from '@playwright/test'
import pg from 'pg'

// The PostgreSQL server that the demo organization's live connection reads, as others see it.

const shop = 'bailiwick_demo_shop'

/** By the server's administrator: on its own database, or on the one that is named. */
export async function onServer<Row extends pg.QueryResultRow>(
  statement: string,
  values: unknown[] = [],
  database?: string,
): Promise<Row[]> {
  const url = new URL(process.env.E2E_SUPERUSER_URL ?? '')
  if (database) url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  const { rows } = await client.query<Row>(statement, values)
  await client.end()
  return rows
}

/** In the product's own database, beside its row-level security: what only an import of another organization would bring. */
export function inProduct<Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
  return onServer<Row>(statement, values, new URL(process.env.DATABASE_URL ?? '').pathname.slice(1))
}

/** From outside, with nothing of the product: whether the server lets this login in. */
export async function letsIn(user: string, password: string): Promise<boolean> {
  const { hostname, port } = new URL(process.env.E2E_SUPERUSER_URL ?? '')
  const client = new pg.Client({ host: hostname, port: Number(port), database: shop, user, password })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    // Refused is not the same as away.
    expect((error as { code?: string }).code).toMatch(/^28/)
    return false
  }
}

/** A session that stays open, as a service keeps one. */
export async function openSession(
  user: string,
  password: string,
): Promise<{ isOpen: () => boolean; end: () => Promise<void> }> {
  const { hostname, port } = new URL(process.env.E2E_SUPERUSER_URL ?? '')
  const client = new pg.Client({
    host: hostname,
    port: Number(port),
    database: shop,
    user,
    password,
    application_name: 'orders',
  })
  let isOpen = true
  client.on('error', () => {
    isOpen = false
  })
  client.on('end', () => {
    isOpen = false
  })
  await client.connect()
  return { isOpen: () => isOpen, end: () => client.end().catch(() => {}) }
}

/** The id of the account of the demo's own connection: another one of the tests reads the same server. */
export async function identityOf(page: Page, name: string): Promise<string> {
  const answer = await page.request.get(`/api/v1/identities?q=${name}&limit=20`)
  const found = (await answer.json()).items.find(
    (item: { name: string; environment: string | null }) => item.name === name && item.environment === 'production',
  )
  expect(found, name).toBeTruthy()
  return found.id
}
