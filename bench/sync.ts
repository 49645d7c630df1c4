import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { createConnection } from '../lib/connections/server/create-connection'
import { getSync } from '../lib/connections/server/get-sync'
import { requestSync } from '../lib/connections/server/request-sync'
import { syncConnection } from '../lib/connections/server/sync-connection'
import { findLiveConnector } from '../lib/connectors/live-registry'
import { contextForJob } from '../lib/platform/auth/request-context'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import { ensureOrganization, ensurePerson } from '../prisma/demo/people'
import { round } from './samples'

const { values } = parseArgs({ options: { roles: { type: 'string', default: '100000' } } })
const megabyte = 1024 * 1024
const source = new URL(process.env.BENCH_SOURCE_URL ?? '')
const target = process.env.BENCH_SUPERUSER_URL ?? ''

async function within<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Nine in ten may log in and have a password; each belongs to one of 200 groups; every tenth is granted a table of its own. */
async function makeRoles(client: pg.Client, count: number): Promise<void> {
  const verifier = `SCRAM-SHA-256$4096:${Buffer.alloc(16, 1).toString('base64')}$${Buffer.alloc(32, 2).toString('base64')}:${Buffer.alloc(32, 3).toString('base64')}`
  await client.query(`CREATE TABLE made (n int)`)
  for (let group = 0; group < 200; group++) await client.query(`CREATE ROLE team_${group}`)
  for (let table = 0; table < 200; table++) await client.query(`CREATE TABLE item_${table} (id int)`)
  for (let first = 0; first < count; first += 1000)
    await client.query(
      `DO $$ BEGIN FOR n IN ${first} .. ${Math.min(count, first + 1000) - 1} LOOP
         EXECUTE format('CREATE ROLE svc_%s %s', n, CASE WHEN n % 10 < 9 THEN ${pg.escapeLiteral(`LOGIN PASSWORD '${verifier}'`)} ELSE 'NOLOGIN' END);
         EXECUTE format('GRANT team_%s TO svc_%s', n % 200, n);
         IF n % 10 = 0 THEN EXECUTE format('GRANT SELECT ON item_%s TO svc_%s', n / 10 % 200, n); END IF;
       END LOOP; END $$`,
    )
  await client.query('ANALYZE')
}

async function change(client: pg.Client, count: number): Promise<void> {
  await client.query(
    `DO $$ BEGIN FOR n IN 0 .. ${count - 1} BY 100 LOOP EXECUTE format('COMMENT ON ROLE svc_%s IS %L', n, 'changed ' || clock_timestamp()); END LOOP; END $$`,
  )
}

/** What nobody can go below: the catalogue's rows as they are, and as many rows by COPY into a table without an index. */
async function measureFloor(records: readonly string[]): Promise<{ query: number; copy: number }> {
  const query = await timed(() =>
    within(source.href, async (client) => {
      await client.query(
        `SELECT r.*, a.rolpassword, shobj_description(r.oid, 'pg_authid') FROM pg_roles r JOIN pg_authid a USING (oid)`,
      )
      await client.query(`SELECT * FROM pg_auth_members`)
      await client.query(
        `SELECT c.relname, g.* FROM pg_class c, aclexplode(c.relacl) g WHERE c.relkind IN ('r','p','v','m','f','S')`,
      )
    }),
  )
  const copy = await within(target, async (client) => {
    await client.query(`CREATE TEMP TABLE floor (record jsonb)`)
    const chunks = function* () {
      for (let at = 0; at < records.length; at += 500)
        yield `${records
          .slice(at, at + 500)
          .map((line) => line.replaceAll('\\', '\\\\'))
          .join('\n')}\n`
    }
    return timed(() => pipeline(Readable.from(chunks()), client.query(copyFrom('COPY floor FROM STDIN'))))
  })
  return { query, copy }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Seconds of the work, and how much the process grew meanwhile at most. */
async function watched(work: () => Promise<unknown>): Promise<{ seconds: number; growth: number }> {
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const seconds = await timed(work)
  clearInterval(timer)
  return { seconds, growth: (Math.max(most, process.memoryUsage.rss()) - before) / megabyte }
}

const config = {
  ...{ host: '127.0.0.1', port: Number(source.port), tls: 'off', database: 'postgres' },
  ...{ user: decodeURIComponent(source.username), password: decodeURIComponent(source.password) },
}

async function discover(): Promise<{ seconds: number; records: string[] }> {
  const connector = findLiveConnector('postgresql')
  const setting = { instance: 'bench', fingerprint: () => '', outbound: { allow: [], allowLoopback: true } }
  const open = await connector?.connect(config, setting)
  const records: string[] = []
  const read = async () => {
    for await (const part of open?.discover() ?? [])
      if (part.kind === 'page') for (const record of part.records) records.push(JSON.stringify(record))
  }
  const seconds = await timed(read)
  open?.close()
  return { seconds, records }
}

async function main(): Promise<number> {
  const roles = Number(values.roles)
  if (!Number.isSafeInteger(roles) || roles < 1000) throw new RangeError('--roles must be a number from 1000 on')
  const making = await timed(() => within(source.href, (client) => makeRoles(client, roles)))
  console.log(`  ${roles} roles made in ${round(making, 1)} s`)
  const found = await discover()
  console.log(`  discovery alone: ${found.records.length} records in ${round(found.seconds, 1)} s`)

  const person = await ensurePerson({ name: 'Bench', email: 'bench@example.com' }, 'measures-by-night')
  const admin = await ensureOrganization(person, { name: 'Bench', slug: 'bench' })
  const job = contextForJob(admin.tenant.orgId, 'sync-connection')
  const made = await createConnection(admin, {
    ...{ connector: 'postgresql', instance: 'bench', name: 'Bench', config, intervalMinutes: null },
  })
  const first = await syncOnce(admin, job, made.id)
  const idle = await syncOnce(admin, job, made.id)
  await within(source.href, (client) => change(client, roles))
  const second = await syncOnce(admin, job, made.id)
  const floor = await measureFloor(found.records)
  for (const [name, { seconds, growth, says }] of Object.entries({ first, idle, second }))
    console.log(`  ${name}: ${round(seconds, 1)} s, +${round(growth, 0)} MB, ${says}`)
  const floorSeconds = floor.query + floor.copy
  const answer = {
    roles,
    records: found.records.length,
    discovery_rows_per_s: Math.round(found.records.length / found.seconds),
    first_sync_s: round(first.seconds, 1),
    resync_unchanged_s: round(idle.seconds, 1),
    resync_s: round(second.seconds, 1),
    rss_growth_mb: round(Math.max(first.growth, idle.growth, second.growth), 0),
    floor_query_s: round(floor.query, 2),
    floor_copy_s: round(floor.copy, 2),
    sync_over_floor: round(second.seconds / floorSeconds, 2),
    first_sync_over_floor: round(first.seconds / floorSeconds, 2),
  }
  console.log(JSON.stringify(answer))
  return answer.rss_growth_mb <= 300 && answer.sync_over_floor <= 3 ? 0 : 1
}

async function syncOnce(admin: Context, job: Context, connectionId: string) {
  const { id } = await requestSync(admin, { id: connectionId })
  const measured = await watched(() => syncConnection(job, { id }))
  const run = await getSync(admin, { id })
  if (run.status !== 'applied') throw new Error(`the sync ended ${run.status}: ${run.error}`)
  const { new: added = 0, changed = 0, gone = 0 } = run.changes.identity ?? {}
  return { ...measured, says: `identities: ${added} new, ${changed} changed, ${gone} gone` }
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 2
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
