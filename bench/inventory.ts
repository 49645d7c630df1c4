import os from 'node:os'
import { createApiKey } from '../lib/api-keys/server/create-api-key'
import { listIdentities } from '../lib/identities/server/list-identities'
import { contextForJob } from '../lib/platform/auth/request-context'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { contextIn } from '../prisma/demo/people'
import { type FleetPlan, organizationSizes, planOrganization } from '../prisma/factories/fleet'
import { measureFirstLoad, measureResync } from './ingest'
import { facetsOnce, listDeep, listFilters, listOnce, listSorts, searches } from './list-cells'
import { naive } from './naive'
import { finish, part, results } from './parts'
import { readArguments } from './read-arguments'
import { type BenchReader, countSeqScans, openReader } from './reader'
import { type Cell, measure, p50, p95, pooled, printCells, round, worst } from './samples'
import { ask, measureExport, measureRoute, setting } from './server'

interface Place {
  orgId: string
  app: BenchReader
  superuser: BenchReader
}

async function open(slug: string): Promise<Place> {
  const org = (await listOrganizations()).find((each) => each.slug === slug)
  if (!org) throw new Error(`${slug} was not generated`)
  const app = await openReader(setting('DATABASE_URL'), org.id, 'app')
  return { orgId: org.id, app, superuser: await openReader(setting('BENCH_SUPERUSER_URL'), org.id, 'superuser') }
}

async function listCells({ orgId }: Place, reader: BenchReader, n: number): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const [name, filter] of Object.entries(listFilters))
    for (const order of listSorts)
      cells.push(
        await measure(`${name} · by ${order.sort} ${order.dir}`, n, () => listOnce(reader, orgId, filter, order), 3),
      )
  let cursor = ''
  for (let step = 0; step < 5; step += 1)
    cursor =
      (step === 0
        ? await listOnce(reader, orgId, {}, { sort: 'name', dir: 'asc' })
        : await listDeep(reader, orgId, cursor)
      ).nextCursor ?? cursor
  cells.push(await measure('none · by name, behind a cursor', n, () => listDeep(reader, orgId, cursor), 3))
  return cells
}

async function measureLists(giant: Place, small: Place, n: number): Promise<Record<string, number>> {
  const on = await listCells(giant, giant.app, n)
  const off = await listCells(giant, giant.superuser, n)
  const little = await listCells(small, small.app, n)
  printCells('List with exact total, giant organization, row-level security on', on)
  const scans: string[] = []
  for (const filter of Object.values(listFilters)) {
    giant.app.taken()
    await listOnce(giant.app, giant.orgId, filter, { sort: 'lastUsed', dir: 'desc' })
    await facetsOnce(giant.app, giant.orgId, filter)
    for (const statement of giant.app.taken()) scans.push(...(await countSeqScans(giant.app, statement)))
  }
  if (scans.length > 0) console.log(`\nsequential scans: ${[...new Set(scans)].join(', ')}`)
  return {
    list_p95_ms: round(worst(on)),
    list_p50_ms: round(p50(pooled(on))),
    list_p95_pooled_ms: round(p95(pooled(on))),
    list_p95_giant_over_small: round(p95(pooled(on)) / p95(pooled(little))),
    rls_on_over_off_p95: round(p95(pooled(on)) / p95(pooled(off))),
    explain_seq_scans: scans.length,
  }
}

async function measureFacets({ app, orgId }: Place, n: number): Promise<Record<string, number>> {
  const cells: Cell[] = []
  for (const [name, filter] of Object.entries(listFilters))
    cells.push(await measure(name, n, () => facetsOnce(app, orgId, filter), 3))
  printCells('All facets with exact total', cells)
  return { facets_p95_ms: round(worst(cells)), facets_p50_ms: round(p50(pooled(cells))) }
}

async function measureSearches({ app, orgId }: Place, n: number): Promise<Record<string, number>> {
  const cells: Cell[] = []
  for (const [name, q] of Object.entries(searches))
    cells.push(await measure(`${name}: ${q}`, n, () => listOnce(app, orgId, { q }, { sort: 'name', dir: 'asc' }), 3))
  printCells('Search', cells)
  return { search_p95_ms: round(worst(cells)), search_p50_ms: round(p50(pooled(cells))) }
}

async function measureNaive(giant: Place, size: number): Promise<Record<string, number>> {
  const { app, orgId } = giant
  const offset = Math.min(100_000, Math.floor(size / 2))
  const first = await listOnce(app, orgId, {}, { sort: 'name', dir: 'asc' })
  const pairs = {
    offset: [() => naive.offset(app, offset), () => listDeep(app, orgId, first.nextCursor ?? '')],
    facets: [() => naive.facets(app), () => facetsOnce(app, orgId, {})],
    search: [
      () => naive.search(app, 'zqxjkvw'),
      () => listOnce(app, orgId, { q: 'zqxjkvw' }, { sort: 'name', dir: 'asc' }),
    ],
  } as const
  const found: Record<string, number> = {}
  const cells: Cell[] = []
  for (const [name, [plain, ours]] of Object.entries(pairs)) {
    const [slow, fast] = [await measure(`naive ${name}`, 10, plain, 1), await measure(`ours ${name}`, 30, ours, 3)]
    cells.push(slow, fast)
    found[`naive_${name}_ratio`] = round(p50(slow.samples) / p50(fast.samples), 1)
  }
  printCells('The naive way, in the same run (OFFSET, GROUP BY, LIKE)', cells)
  return found
}

async function measureApi(token: string, ctx: Parameters<typeof listIdentities>[0], giant: Place, n: number) {
  const listed = 'GET /api/v1/identities'
  const fixed = await measureRoute('static route (/api/health)', n * 2, token, '/api/health')
  const plain = await measureRoute(`${listed}, first page with facets`, n, token, '/api/v1/identities')
  const cells = [plain]
  for (const [name, query] of Object.entries({
    'production service accounts by last use': 'environment=production&kind=service_account&sort=lastUsed&dir=desc',
    'no owner, unused 90 days, admin': 'owner=none&used=90d&privilege=admin&sort=oldest',
    'credential older than a year by expiry': 'age=365d&sort=expiry',
    'search: ledger prod': 'q=ledger+prod',
  }))
    cells.push(await measureRoute(`${listed}, ${name}`, n, token, `/api/v1/identities?${query}`))
  // The statements of that first page, in one tenant transaction on one connection.
  const statements: { text: string; values: unknown[] }[] = []
  const recording: typeof ctx.sql = (query) => {
    statements.push({ text: query.text, values: query.values })
    return ctx.sql(query)
  }
  await listIdentities({ ...ctx, sql: recording }, {})
  const { client } = giant.app
  const transaction = await measure('its statements in one tenant transaction', n, async () => {
    await client.query('BEGIN')
    await client.query(`SELECT set_config('app.current_org', $1, true)`, [giant.orgId])
    for (const { text, values } of statements) await client.query({ text, values })
    await client.query('COMMIT')
  })
  printCells('API', [fixed, ...cells, transaction])
  return {
    api_p95_ms: round(worst(cells)),
    api_p50_ms: round(p50(pooled(cells))),
    static_p95_ms: round(p95(fixed.samples)),
    tenant_tx_p95_ms: round(p95(transaction.samples)),
    api_overhead: round((p95(plain.samples) - p95(fixed.samples)) / p95(transaction.samples)),
  }
}

async function main(): Promise<number> {
  const { identities, organizations, seed, n, wanted } = readArguments()
  const sizes = organizationSizes(identities, organizations)
  const fleet: FleetPlan = { seed, identities, organizations, asOf: new Date(new Date().setUTCHours(0, 0, 0, 0)) }
  const plan = planOrganization(fleet, 0, sizes[0] ?? 0)
  const smallNo = sizes.findIndex((size, no) => no > 0 && size <= Math.max(600, sizes.at(-1) ?? 0))
  const [giant, small] = [await open(plan.slug), await open(planOrganization(fleet, smallNo, sizes[smallNo] ?? 0).slug)]
  Object.assign(results, {
    identities,
    giant: sizes[0] ?? 0,
    small: sizes[smallNo] ?? 0,
    n,
    load_average: round(os.loadavg()[0] ?? 0),
  })
  console.log(
    `${identities} identities in ${organizations} organizations; the giant has ${sizes[0]}, the small one ${sizes[smallNo]}; n = ${n} for each cell`,
  )

  if (wanted('list'))
    await part(['list_p95_ms', 'list_p95_giant_over_small', 'rls_on_over_off_p95', 'explain_seq_scans'], () =>
      measureLists(giant, small, n),
    )
  if (wanted('facets')) await part(['facets_p95_ms'], () => measureFacets(giant, n))
  if (wanted('search')) await part(['search_p95_ms'], () => measureSearches(giant, n))
  if (wanted('naive'))
    await part(['naive_offset_ratio', 'naive_facets_ratio', 'naive_search_ratio'], () =>
      measureNaive(giant, sizes[0] ?? 0),
    )
  const [founder] = plan.people
  const admin = founder && (await contextIn(giant.orgId, { ...founder, id: (await userId(founder.email)) ?? '' }))
  if (!admin) throw new Error('the giant organization has no administrator')
  if (wanted('api') || wanted('export')) {
    const inHours = new Date(Date.now() + 6 * 3_600_000).toISOString()
    const { token } = await createApiKey(admin, {
      name: `bench ${Date.now()}`,
      scopes: ['inventory:read'],
      expiresAt: inHours,
    } as never)
    if (wanted('api')) await part(['api_p95_ms', 'api_overhead'], () => measureApi(token, admin, giant, n))
    if (wanted('export'))
      await part(['export_rows_per_s', 'export_rss_growth_mb'], async () => {
        await ask(token, '/api/v1/identities')
        const { rows, rowsPerSecond, firstByteMs, growthMegabytes } = await measureExport(token)
        return {
          export_rows: rows,
          export_rows_per_s: Math.round(rowsPerSecond),
          export_first_byte_ms: round(firstByteMs),
          export_rss_growth_mb: round(growthMegabytes, 1),
        }
      })
  }
  if (wanted('ingest')) {
    const middle = sizes.findIndex((size, no) => no > 0 && size <= Math.max(2000, identities / 50))
    const ctxOf = async (no: number) =>
      contextForJob((await open(planOrganization(fleet, no, sizes[no] ?? 0).slug)).orgId, 'bench')
    await part(['ingest_first_rows_per_s'], async () => {
      const { rows, perSecond } = await measureFirstLoad(
        await ctxOf(middle),
        fleet,
        planOrganization(fleet, middle, sizes[middle] ?? 0),
      )
      return { ingest_first_rows: rows, ingest_first_rows_per_s: Math.round(perSecond) }
    })
    await part(['resync_over_copy'], async () => {
      const { rows, changed, copySeconds, mergeSeconds, linkSeconds } = await measureResync(await ctxOf(0), fleet, plan)
      return {
        resync_rows: rows,
        resync_changed: changed,
        resync_copy_s: round(copySeconds),
        resync_merge_s: round(mergeSeconds),
        resync_over_copy: round(mergeSeconds / copySeconds),
        resync_with_link_over_copy: round((mergeSeconds + linkSeconds) / copySeconds),
      }
    })
  }
  return finish()
}

async function userId(email: string): Promise<string | undefined> {
  const { installationClient } = await import('../lib/platform/db/client')
  return (await installationClient().userAccount.findUnique({ where: { email }, select: { id: true } }))?.id
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 1
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
