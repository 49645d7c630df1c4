import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { readerFor, writerFor } from './client'
import { closePool, takeConnection } from './pool'
import { tenantOf } from './tenant'

let superuser: pg.Client
let organizations: TestOrganization[]

beforeAll(async () => {
  superuser = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await superuser.connect()
  organizations = await Promise.all(Array.from({ length: 12 }, () => testOrganization()))
  for (const { orgId } of organizations)
    await writerFor(tenantOf(orgId)).team.create({ data: { orgId, name: `canary ${orgId}` } })
})

afterAll(async () => {
  await superuser.end()
  await closePool()
})

describe('the catalogue', () => {
  it('forces row-level security with a tenant policy on every table that carries an organization', async () => {
    const { rows } = await superuser.query<{ name: string; forced: boolean; checks: number }>(`
      SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
        (SELECT count(*)::int FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'tenant' AND p.cmd = 'ALL'
          AND p.roles = '{public}' AND p.qual LIKE '%app.current_org%' AND p.with_check LIKE '%app.current_org%') AS checks
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = 'organization'
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped))`)
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => !row.forced || row.checks !== 1)).toEqual([])
  })

  it('lets only the roles of cross-organization functions past the tenant policy, each on its own tables', async () => {
    const { rows } = await superuser.query<{ policy: string; tables: string }>(`
      SELECT policyname || ' to ' || array_to_string(roles, ',') || ' for ' || cmd AS policy, string_agg(tablename, ' ' ORDER BY tablename) AS tables
      FROM pg_policies WHERE schemaname = 'public' AND policyname <> 'tenant' GROUP BY 1 ORDER BY 1`)
    expect(rows).toEqual([
      {
        policy: 'resolver to bailiwick_resolver for SELECT',
        tables:
          'access_grant api_key break_glass_use invitation lifecycle_run mail membership notification organization policy_setting signal_stream team_member',
      },
      { policy: 'search to bailiwick_search for SELECT', tables: 'credential identity_listing' },
    ])
  })

  it('lets the search role read what a search compares, and nothing else', async () => {
    const { rows } = await superuser.query<{ column: string }>(`
      SELECT table_name || '.' || column_name AS column FROM information_schema.column_privileges
      WHERE grantee = 'bailiwick_search' AND privilege_type = 'SELECT' ORDER BY 1`)
    expect(rows.map((row) => row.column)).toEqual([
      'credential.combo_id',
      'credential.id',
      'credential.org_id',
      'credential.search_text',
      'identity_listing.combo_id',
      'identity_listing.identity_id',
      'identity_listing.org_id',
      'identity_listing.search_text',
    ])
    const writes = await superuser.query(
      `SELECT FROM information_schema.role_table_grants WHERE grantee = 'bailiwick_search' AND privilege_type <> 'SELECT'`,
    )
    expect(writes.rowCount).toBe(0)
  })

  it('has no table without an organization but those of the installation', async () => {
    const { rows } = await superuser.query<{ relname: string }>(`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped)`)
    expect(rows.map((row) => row.relname).sort()).toEqual(
      ['_prisma_migrations', 'oidc_link', 'organization', 'rate_limit', 'session', 'user_account'].sort(),
    )
  })

  it('puts the organization first in every primary and unique key of tenant tables', async () => {
    const { rows } = await superuser.query<{ index: string; first: string }>(`
      SELECT i.indexrelid::regclass::text AS index, a.attname AS first FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE n.nspname = 'public' AND i.indisunique AND a.attname <> 'org_id'
        AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'org_id')`)
    // Secrets are looked up by their hash before the organization is known; a hash of 256 random bits tells nothing.
    expect(rows.map((row) => row.index).sort()).toEqual(['api_key_token_hash_key', 'invitation_token_hash_key'])
  })

  it('pins the search path of every function that runs with its owner’s rights', async () => {
    const { rows } = await superuser.query(`SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = 'public' AND prosecdef AND NOT coalesce(proconfig::text LIKE '%search_path%', false)`)
    expect(rows).toEqual([])
  })

  it('serves as a role that owns nothing and bypasses nothing', async () => {
    const { rows } = await superuser.query<{ bad: boolean }>(`SELECT rolsuper OR rolbypassrls OR rolcanlogin
      OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) AS bad FROM pg_roles r WHERE rolname IN ('bailiwick_app', 'bailiwick_resolver', 'bailiwick_search')`)
    expect(rows).toEqual([{ bad: false }, { bad: false }, { bad: false }])
  })
})

describe('the pool', () => {
  it('never shows one organization the rows of another, interleaved over a few connections', async () => {
    let foreign = 0
    let seen = 0
    const rounds = Array.from({ length: 2400 }, (_, n) => n)
    await Promise.all(
      rounds.map(async (n) => {
        const orgId = organizations[n % organizations.length]?.orgId ?? ''
        const db = readerFor(tenantOf(orgId))
        const rows =
          n % 3 === 0
            ? await db.$queryRaw<{ orgId: string }[]>`SELECT org_id AS "orgId" FROM team`
            : await db.team.findMany({ select: { orgId: true } })
        seen += rows.length
        foreign += rows.filter((row) => row.orgId !== orgId).length
        if (n % 50 === 0) {
          await writerFor(tenantOf(orgId))
            .$transaction(async (tx) => {
              const inside = await tx.team.findMany()
              foreign += inside.filter((row) => row.orgId !== orgId).length
              throw new Error('aborted on purpose')
            })
            .catch(() => {})
        }
      }),
    )
    expect(foreign).toBe(0)
    expect(seen).toBe(rounds.length)
  })

  it('gives two organizations that ask for one id in one tick each their own answer', async () => {
    const [a, b] = organizations
    if (!a || !b) throw new Error('no organizations')
    const row = await readerFor(tenantOf(a.orgId)).team.findFirstOrThrow()
    const where = { orgId_id: { orgId: a.orgId, id: row.id } }
    const [own, other] = await Promise.all([
      readerFor(tenantOf(a.orgId)).team.findUnique({ where }),
      readerFor(tenantOf(b.orgId)).team.findUnique({ where }),
    ])
    expect(own?.id).toBe(row.id)
    expect(other).toBeNull()
  })

  it('sees nothing without an organization, also after one that was set for a transaction only', async () => {
    const client = await takeConnection('')
    await client.query(`BEGIN; SELECT set_config('app.current_org', $$${organizations[0]?.orgId}$$, true); COMMIT`)
    expect((await client.query('SELECT FROM team')).rowCount).toBe(0)
    client.release()
  })

  it('keeps SQL of a reader from writing, also by a query that returns rows', async () => {
    const db = readerFor(tenantOf(organizations[0]?.orgId ?? ''))
    const { id } = await db.team.findFirstOrThrow()
    await expect(db.$queryRaw`UPDATE team SET name = 'x' WHERE id = ${id}::uuid RETURNING id`).rejects.toThrow(
      /read-only transaction/,
    )
    await expect(db.$queryRaw`SELECT set_config('transaction_read_only', 'off', false)`).rejects.toThrow()
    expect(await db.$queryRaw`SELECT id::text FROM team WHERE id = ${id}::uuid`).toEqual([{ id }])
  })

  it('refuses to write into another organization', async () => {
    const [a, b] = organizations
    const write = writerFor(tenantOf(a?.orgId ?? '')).team.create({
      data: { orgId: b?.orgId ?? '', name: randomUUID() },
    })
    await expect(write).rejects.toThrow(/row-level security/)
  })
})
