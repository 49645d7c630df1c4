import os from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
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
import { escapeText } from '../lib/platform/db/bulk-stage'
import { closePool } from '../lib/platform/db/pool'
import type { RangedSource } from '../lib/platform/files/byte-source'
import { openSpool, spoolSource } from '../lib/platform/files/spool'
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

/**
 * Nine in ten may log in and have a password; each belongs to one of 200 groups; every tenth is granted a table of its own. Written
 * into the catalogue as CREATE ROLE and GRANT would, which take minutes for so many.
 */
async function makeRoles(client: pg.Client, count: number): Promise<void> {
  const verifier = `SCRAM-SHA-256$4096:${Buffer.alloc(16, 1).toString('base64')}$${Buffer.alloc(32, 2).toString('base64')}:${Buffer.alloc(32, 3).toString('base64')}`
  for (let group = 0; group < 200; group++) await client.query(`CREATE ROLE team_${group}`)
  for (let table = 0; table < 200; table++) await client.query(`CREATE TABLE item_${table} (id int)`)
  await client.query(
    `INSERT INTO pg_authid (oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolpassword)
     SELECT ${firstOid} + n, 'svc_' || n, false, true, false, false, n % 10 < 9, false, false, -1, CASE WHEN n % 10 < 9 THEN $2 END
     FROM generate_series(0, $1 - 1) n`,
    [count, verifier],
  )
  await client.query(
    `INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
     SELECT ${firstOid} + n, t.oid, ${firstOid} + n, 10, false, true, true
     FROM generate_series(0, $1 - 1) n JOIN pg_roles t ON t.rolname = 'team_' || n % 200`,
    [count],
  )
  for (let table = 0; table < 200; table++) {
    const holders = Array.from({ length: Math.ceil(count / 10) }, (_, at) => at).filter((at) => at % 200 === table)
    for (let at = 0; at < holders.length; at += 500)
      await client.query(
        `GRANT SELECT ON item_${table} TO ${holders
          .slice(at, at + 500)
          .map((n) => `svc_${n * 10}`)
          .join(', ')}`,
      )
  }
  await client.query('VACUUM ANALYZE')
}

/** Beyond what the server gives out itself. */
const firstOid = 1_000_000

/**
 * One role in a hundred: of ten of them seven get another comment, one is moved to another group, one is dropped and one made.
 */
async function change(client: pg.Client, count: number): Promise<void> {
  await client.query(
    `DO $$ BEGIN FOR n IN 0 .. ${count - 1} BY 100 LOOP
       CASE n / 100 % 10
         WHEN 0 THEN EXECUTE format('REVOKE team_%s FROM svc_%s', n % 200, n); EXECUTE format('GRANT team_%s TO svc_%s', (n + 1) % 200, n);
         WHEN 1 THEN EXECUTE format('DROP ROLE svc_%s', n + 1);
         WHEN 2 THEN EXECUTE format('CREATE ROLE new_%s LOGIN PASSWORD %L', n, 'made-for-a-measurement');
         ELSE EXECUTE format('COMMENT ON ROLE svc_%s IS %L', n, 'changed');
       END CASE;
     END LOOP; END $$`,
  )
}

/** Of what the source holds now, as lines of COPY in a spool: held in memory they would count for that of the next sync. */
async function spoolRecords(): Promise<RangedSource> {
  const spool = openSpool()
  let open = ''
  const close = () => {
    spool.append(Buffer.from(open))
    open = ''
  }
  await discover((line) => {
    open += `${escapeText(line)}\n`
    if (open.length > megabyte) close()
  })
  close()
  return spoolSource({ fd: spool.fd, at: 0, size: spool.end })
}

/** What nobody can go below: the catalogue's rows as they are, and as many rows by COPY into a table without an index. */
async function measureFloor(): Promise<{ query: number; copy: number }> {
  const read = (client: pg.Client, text: string) =>
    new Promise((resolve, reject) => {
      // With a listener for rows none are kept.
      client
        .query(new pg.Query(text))
        .on('row', () => {})
        .on('end', resolve)
        .on('error', reject)
    })
  const query = await timed(() =>
    within(source.href, async (client) => {
      await read(
        client,
        `SELECT r.*, a.rolpassword, shobj_description(r.oid, 'pg_authid') FROM pg_roles r JOIN pg_authid a USING (oid)`,
      )
      await read(client, `SELECT * FROM pg_auth_members`)
      await read(
        client,
        `SELECT c.relname, g.* FROM pg_class c, aclexplode(c.relacl) g WHERE c.relkind IN ('r','p','v','m','f','S')`,
      )
    }),
  )
  const records = await spoolRecords()
  const copy = await within(target, async (client) => {
    await client.query(`CREATE TEMP TABLE floor (record jsonb)`)
    return timed(() => pipeline(Readable.from(records.chunks()), client.query(copyFrom('COPY floor FROM STDIN'))))
  })
  return { query, copy }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

interface Measured {
  seconds: number
  /** How much the process grew meanwhile at most. */
  growth: number
  /** Seconds of each phase that the run told of, as the page that watches it sees them. */
  phases: Map<string, number>
}

async function watched(runId: string, work: () => Promise<unknown>): Promise<Measured> {
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const phases = new Map<string, number>()
  let isOver = false
  const watch = within(target, async (client) => {
    let phase = 'Beginning'
    let since = performance.now()
    const close = () => {
      phases.set(phase, (phases.get(phase) ?? 0) + (performance.now() - since) / 1000)
      since = performance.now()
    }
    while (!isOver) {
      const { rows } = await client.query<{ phase: string }>('SELECT phase FROM run_progress WHERE run_id = $1', [
        runId,
      ])
      close()
      phase = rows[0]?.phase ?? phase
      await sleep(20)
    }
    close()
  })
  const seconds = await timed(work)
  isOver = true
  await watch
  clearInterval(timer)
  return { seconds, growth: (Math.max(most, process.memoryUsage.rss()) - before) / megabyte, phases }
}

const config = {
  ...{ host: '127.0.0.1', port: Number(source.port), tls: 'off', database: 'postgres' },
  ...{ user: decodeURIComponent(source.username), password: decodeURIComponent(source.password) },
}

/** What the connector reads, as it would be sent. */
async function discover(onRecord: (line: string) => void = () => {}): Promise<{ seconds: number; count: number }> {
  const connector = findLiveConnector('postgresql')
  const setting = { instance: 'bench', fingerprint: () => '', outbound: { allow: [], allowLoopback: true } }
  const open = await connector?.connect(config, setting)
  let count = 0
  const seconds = await timed(async () => {
    for await (const part of open?.discover() ?? [])
      if (part.kind === 'page')
        for (const record of part.records) {
          onRecord(JSON.stringify(record))
          count += 1
        }
  })
  open?.close()
  return { seconds, count }
}

async function main(): Promise<number> {
  const roles = Number(values.roles)
  if (!Number.isSafeInteger(roles) || roles < 1000) throw new RangeError('--roles must be a number from 1000 on')
  const making = await timed(() => within(source.href, (client) => makeRoles(client, roles)))
  console.log(`  ${roles} roles made in ${round(making, 1)} s`)
  const found = await discover()
  console.log(`  discovery alone: ${found.count} records in ${round(found.seconds, 1)} s`)

  const person = await ensurePerson({ name: 'Bench', email: 'bench@example.com' }, 'measures-by-night')
  const admin = await ensureOrganization(person, { name: 'Bench', slug: 'bench' })
  const job = contextForJob(admin.tenant.orgId, 'sync-connection')
  const made = await createConnection(admin, {
    ...{ connector: 'postgresql', instance: 'bench', name: 'Bench', config, intervalMinutes: null },
  })
  const first = await syncOnce(admin, job, made.id)
  const idle = await syncOnce(admin, job, made.id)
  await within(source.href, (client) => change(client, roles))
  // Before and after what is compared with it, as a machine is never equally busy.
  const floors = [await measureFloor()]
  const second = await syncOnce(admin, job, made.id)
  floors.push(await measureFloor())
  const mean = (part: 'query' | 'copy') => floors.reduce((sum, floor) => sum + floor[part], 0) / floors.length
  const floor = { query: mean('query'), copy: mean('copy') }
  const runs = { first, unchanged: idle, '1 % changed': second }
  for (const [name, { seconds, growth, says }] of Object.entries(runs))
    console.log(`  ${name}: ${round(seconds, 1)} s, +${round(growth, 0)} MB, ${says}`)
  console.table(
    Object.fromEntries(
      [...new Set(Object.values(runs).flatMap(({ phases }) => [...phases.keys()]))].map((phase) => [
        phase,
        Object.fromEntries(Object.entries(runs).map(([name, { phases }]) => [name, round(phases.get(phase) ?? 0, 2)])),
      ]),
    ),
  )
  const floorSeconds = floor.query + floor.copy
  const answer = {
    roles,
    records: found.count,
    discovery_rows_per_s: Math.round(found.count / found.seconds),
    first_sync_s: round(first.seconds, 1),
    resync_unchanged_s: round(idle.seconds, 1),
    resync_s: round(second.seconds, 1),
    rss_growth_mb: round(Math.max(first.growth, idle.growth, second.growth), 0),
    floor_query_s: round(floor.query, 2),
    floor_copy_s: round(floor.copy, 2),
    sync_over_floor: round(second.seconds / floorSeconds, 2),
    resync_unchanged_over_floor: round(idle.seconds / floorSeconds, 2),
    first_sync_over_floor: round(first.seconds / floorSeconds, 2),
    load_average: os.loadavg().map((load) => round(load, 1)),
  }
  console.log(JSON.stringify(answer))
  return answer.rss_growth_mb <= 300 && answer.sync_over_floor <= 3 ? 0 : 1
}

async function syncOnce(admin: Context, job: Context, connectionId: string) {
  const { id } = await requestSync(admin, { id: connectionId })
  const measured = await watched(id, () => syncConnection(job, { id }))
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
