import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyNow } from '@/lib/connections/server/apply-import'
import { previewImport } from '@/lib/connections/server/preview-import'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { exportOpenGraph } from './export-open-graph'

let from: TestOrganization
let text: string

const fixtures = path.resolve(import.meta.dirname, '../../connectors')
const fixture = (name: string, more: object = {}) => ({
  name: path.basename(name),
  bytes: new Uint8Array(readFileSync(path.join(fixtures, name))),
  ...more,
})

async function importInto(org: TestOrganization, files: Parameters<typeof previewImport>[1]): Promise<void> {
  const run = await previewImport(org.as.admin, files)
  expect(run.status, JSON.stringify(run.files.map(({ error }) => error))).toBe('previewed')
  await applyNow(org.as.admin, { id: run.id })
}

beforeAll(async () => {
  from = await testOrganization()
  const roles = fixture('postgresql/fixtures/postgresql-roles/roles-only.sql', { instance: 'shop' })
  await importInto(from, [fixture('aws/fixtures/authorization-details/cloudsplaining-example.json'), roles])
  text = await (await exportOpenGraph(from.as.security)).text()
}, 300_000)
afterAll(closePool)

/** Everything that the graph says, without the ids and times of this database, in an order of its own. */
async function canonical(ctx: Context): Promise<Record<string, unknown[]>> {
  const inner = new Set([
    'org_id',
    'id',
    'source_id',
    'first_seen_at',
    'updated_at',
    'from_id',
    'to_id',
    'identity_id',
    'human_id',
    'version',
    'combo_id',
    'edited',
    'criticality',
    'exclusions',
  ])
  const found: Record<string, unknown[]> = {}
  for (const table of ['identity', 'human', 'role', 'resource', 'credential', 'entitlement']) {
    const rows = await ctx.sql<Record<string, unknown>>(Prisma.sql`
      SELECT t.*, s.system, s.instance, s.name AS source_name FROM ${Prisma.raw(table)} t
      JOIN source s ON s.org_id = t.org_id AND s.id = t.source_id WHERE t.org_id = ${ctx.tenant.orgId}::uuid AND t.deleted_at IS NULL`)
    const told = rows.map((row) => {
      const linked = ['from_id', 'to_id', 'identity_id', 'human_id'].filter(
        (name) => row[name] !== null && row[name] !== undefined,
      )
      const said = Object.entries(row).filter(([name]) => !inner.has(name))
      return JSON.stringify([...said.sort(([a], [b]) => (a < b ? -1 : 1)), linked])
    })
    found[table] = told.sort()
  }
  return found
}

describe('an export of the access graph', () => {
  it('comes back as the same graph in an empty organization', { timeout: 300_000 }, async () => {
    const into = await testOrganization()
    await importInto(into, [{ name: 'graph.json', bytes: new TextEncoder().encode(text) }])
    const [before, after] = [await canonical(from.as.admin), await canonical(into.as.admin)]
    for (const [table, rows] of Object.entries(before)) {
      expect(rows.length, table).toBeGreaterThan(0)
      expect(after[table], table).toEqual(rows)
    }
  })

  it('holds every node that an edge names', () => {
    const { graph } = JSON.parse(text)
    const ids = new Set(graph.nodes.map(({ id }: { id: string }) => id))
    expect(ids.size).toBe(graph.nodes.length)
    for (const { start, end } of graph.edges) expect(ids.has(start.value) && ids.has(end.value)).toBe(true)
  })

  it('leaves one line in the trail, and is for who may see everything', async () => {
    const found = await from.as.admin.db.auditEvent.findFirst({
      where: { orgId: from.orgId, action: 'identity.export' },
    })
    expect(found?.after).toEqual({ format: 'opengraph', isComplete: true })
    await expect(exportOpenGraph(from.as.member)).rejects.toMatchObject({ code: 'forbidden' })
    const other = await testOrganization()
    const { graph } = await (await exportOpenGraph(other.as.auditor)).json()
    expect(graph).toEqual({ nodes: [], edges: [] })
  })
})
