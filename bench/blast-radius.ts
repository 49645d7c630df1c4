import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { answerGraph } from '../lib/access-graph/engine/answer-graph'
import { buildGraph } from '../lib/access-graph/engine/build-graph'
import type { AccessGraph } from '../lib/access-graph/engine/contract'
import { Scratch } from '../lib/access-graph/engine/reach'
import { allIdentities, scoreAll } from '../lib/access-graph/engine/score-all'
import { decodeSnapshot, encodeSnapshot } from '../lib/access-graph/engine/snapshot'
import { loadGraphRows } from '../lib/access-graph/server/load-graph'
import { createApiKey } from '../lib/api-keys/server/create-api-key'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { tenantOf } from '../lib/platform/db/tenant'
import { contextIn } from '../prisma/demo/people'
import { organizationSizes, planOrganization } from '../prisma/factories/fleet'
import {
  countMismatches,
  identityId,
  measureForward,
  measureReverse,
  measureWhatIf,
  randomIdentities,
  repeated,
  type Samples,
  sampleClasses,
  timeEach,
} from './blast-cells'
import { measureGraphology, measureOracle } from './blast-peers'
import { finish, part, results } from './parts'
import { readArguments } from './read-arguments'
import { openReader } from './reader'
import { p50, p95, printCells, round, timed } from './samples'
import { ask, measureRoute, setting } from './server'

const secondsSince = (began: number) => (performance.now() - began) / 1000

/** The graphs of all organizations from the database, and again from snapshots on disk. */
async function loadAll(orgIds: readonly string[]): Promise<AccessGraph[]> {
  const graphs: AccessGraph[] = []
  const folder = mkdtempSync(path.join(os.tmpdir(), 'graphs-'))
  let [read, built, bytes] = [0, 0, 0]
  try {
    for (const [no, orgId] of orgIds.entries()) {
      const began = performance.now()
      const rows = await loadGraphRows(orgId)
      read += secondsSince(began)
      const then = performance.now()
      const graph = buildGraph(rows)
      built += secondsSince(then)
      graphs.push(graph)
      const snapshot = encodeSnapshot(graph)
      bytes += snapshot.byteLength
      writeFileSync(path.join(folder, String(no)), new Uint8Array(snapshot))
    }
    const began = performance.now()
    for (const no of orgIds.keys()) {
      const { buffer, byteOffset, byteLength } = readFileSync(path.join(folder, String(no)))
      decodeSnapshot((buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength))
    }
    Object.assign(results, {
      nodes: graphs.reduce((sum, { principalCount, resourceCount }) => sum + principalCount + resourceCount, 0),
      edges: graphs.reduce((sum, { hopTo, grantTo }) => sum + hopTo.length + grantTo.length, 0),
      load_s: round(read + built),
      build_s: round(built),
      snapshot_load_s: round(secondsSince(began)),
      snapshot_mb: round(bytes / 2 ** 20, 1),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
  return graphs
}

/** All identities of all organizations at once, against one search for each. */
function measureScores(graphs: readonly AccessGraph[], giant: AccessGraph, scratch: Scratch): Record<string, number> {
  let [seconds, identities] = [0, 0]
  let mismatches = 0
  for (const graph of graphs) {
    const began = performance.now()
    const scored = scoreAll(graph)
    const taken = secondsSince(began)
    seconds += taken
    identities += allIdentities(graph).length
    if (graph !== giant) continue
    mismatches = countMismatches(graph, scratch, scored, randomIdentities(graph, 3000, 23))
    const single = timeEach('one by one', randomIdentities(graph, 300, 29), (no) =>
      answerGraph(graph, { op: 'scoresNear', changedIds: [identityId(graph, no)] }),
    )
    results.scores_near_p50_ms = round(p50(single.samples))
    const naive = performance.now()
    countMismatches(graph, scratch, scored, randomIdentities(graph, 300, 31))
    results.score_naive_over_all = round(((secondsSince(naive) / 300) * allIdentities(graph).length) / taken, 1)
    results.score_giant_s = round(taken)
  }
  const perMillion = (seconds * 1_000_000) / Math.max(1, identities)
  return { score_all_s: round(seconds), score_all_s_per_million: round(perMillion), score_mismatches: mismatches }
}

/** The same identities over HTTP, from the graph thread of the server. */
async function measureApi(token: string, graph: AccessGraph, { byClass }: Samples, n: number) {
  const wanted = repeated(byClass.huge, n)
  const engine = timeEach('huge, in the engine', wanted, (no) =>
    answerGraph(graph, { op: 'reach', startId: identityId(graph, no) }),
  )
  const cells = [engine]
  const fixed = await measureRoute('static route (/api/health)', n * 2, token, '/api/health')
  for (const name of ['median', 'huge'] as const) {
    const samples: number[] = []
    for (const no of repeated(byClass[name], n + 5)) {
      const route = `/api/v1/identities/${identityId(graph, no)}/blast-radius`
      samples.push(await timed(() => ask(token, route)))
    }
    // The first ones find the graph of the server still loading.
    samples.splice(0, 5)
    cells.push({ name: `${name}, GET /api/v1/identities/{id}/blast-radius`, samples })
  }
  cells.push(fixed)
  printCells('Blast radius over HTTP', cells)
  const [, median, huge] = cells.map(({ samples }) => p95(samples))
  return {
    api_median_p95_ms: round(median ?? 0),
    api_huge_p95_ms: round(huge ?? 0),
    static_p95_ms: round(p95(fixed.samples)),
    api_huge_p95_over_engine: round((huge ?? 0) / p95(engine.samples)),
  }
}

async function main(): Promise<number> {
  const { identities, organizations, seed, n, wanted } = readArguments()
  const asOf = new Date(new Date().setUTCHours(0, 0, 0, 0))
  const fleet = { seed, identities, organizations, asOf }
  const giantPlan = planOrganization(fleet, 0, organizationSizes(identities, organizations)[0] ?? 0)
  const known = (await listOrganizations()).filter(({ slug }) => slug.startsWith(giantPlan.slug.slice(0, -3)))
  const giantOrg = known.find(({ slug }) => slug === giantPlan.slug)
  if (!giantOrg) throw new Error(`${giantPlan.slug} was not generated`)
  Object.assign(results, { identities, n, load_average: round(os.loadavg()[0] ?? 0) })

  // Only the scores are measured over all organizations; the rest looks at the giant.
  const graphs = await loadAll((wanted('scores') ? known : [giantOrg]).map(({ id }) => id))
  const giant = graphs.find(({ orgId }) => orgId === giantOrg.id)
  if (!giant) throw new Error('the giant organization has no graph')
  const scratch = new Scratch(giant)
  const samples = sampleClasses(giant, scratch)
  console.log(
    `\n${results.nodes} nodes and ${results.edges} edges of ${graphs.length} organizations, read and built in ${results.load_s} s; the giant has ${giant.principalCount + giant.resourceCount} nodes and ${giant.hopTo.length + giant.grantTo.length} edges`,
  )
  if (wanted('forward')) await part(['ns_per_edge_visit'], () => measureForward(giant, scratch, samples, n))
  if (wanted('reverse')) await part(['reverse_p95_ms'], () => measureReverse(giant, n))
  if (wanted('whatif')) await part(['whatif_p95_ms'], () => measureWhatIf(giant, samples, n))
  if (wanted('scores')) await part(['score_all_s', 'score_mismatches'], () => measureScores(graphs, giant, scratch))
  results.rss_mb = Math.round(process.memoryUsage().rss / 2 ** 20)
  if (wanted('oracle'))
    await part(['oracle_over_engine_min', 'oracle_mismatches'], () =>
      measureOracle(giant, tenantOf(giantOrg.id), samples, randomIdentities(giant, Math.min(1000, n * 10), 19), n),
    )
  if (wanted('api'))
    await part(['api_huge_p95_over_engine'], async () => {
      const reader = await openReader(setting('BENCH_SUPERUSER_URL'), giantOrg.id, 'superuser')
      const [founder] = giantPlan.people
      const { rows } = await reader.client.query('SELECT id FROM user_account WHERE email = $1', [founder?.email])
      await reader.end()
      if (!founder || !rows[0]) throw new Error('the giant organization has no administrator')
      const admin = await contextIn(giantOrg.id, { ...founder, id: rows[0].id })
      if (!admin) throw new Error('the administrator of the giant organization is no member of it')
      const expiresAt = new Date(Date.now() + 6 * 3_600_000).toISOString()
      const key = { name: `bench ${Date.now()}`, scopes: ['inventory:read'], expiresAt }
      const { token } = await createApiKey(admin, key as never)
      return measureApi(token, giant, samples, n)
    })
  if (wanted('graphology'))
    await part(['graphology_over_engine_huge'], () => measureGraphology(giant, scratch, samples, n))
  return finish()
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
