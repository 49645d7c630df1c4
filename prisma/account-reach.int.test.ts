import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ExportReachedQuery } from '../lib/access-graph/filters'
import { exportReached } from '../lib/access-graph/server/export-reached'
import { getBlastRadius } from '../lib/access-graph/server/get-blast-radius'
import { listBecomes } from '../lib/access-graph/server/list-becomes'
import { closeGraphs } from '../lib/access-graph/server/serve-graph'
import { applyNow } from '../lib/connections/server/apply-import'
import { previewImport } from '../lib/connections/server/preview-import'
import { listIdentities } from '../lib/identities/server/list-identities'
import { closePool } from '../lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '../lib/platform/testing/organization'

const file = 'lib/connectors/aws/fixtures/authorization-details/cloudsplaining-example.json'
let org: TestOrganization

beforeAll(async () => {
  org = await testOrganization()
  const bytes = new Uint8Array(readFileSync(path.resolve(import.meta.dirname, '..', file)))
  const run = await previewImport(org.as.admin, [{ name: 'account.json', bytes }])
  await applyNow(org.as.admin, { id: run.id })
}, 120_000)

afterAll(async () => {
  await closeGraphs()
  await closePool()
})

/** What an identity of the account reaches, and whom it becomes: at all, and by no other's rights. */
async function radiusOf(name: string) {
  const { orgId } = org
  const row = await org.as.admin.db.identity.findFirst({ where: { orgId, name }, select: { id: true } })
  if (!row) throw new Error(`${name} is not in the account`)
  const { figures } = await getBlastRadius(org.as.security, { id: row.id })
  const { items } = await listBecomes(org.as.security, { id: row.id, at: 0, limit: 200 })
  // Its policy, the set that the action leads to, the member.
  const own = items.filter(({ path: steps }) => steps.length <= 3)
  const admin = figures.cells.reduce((sum, count, cell) => sum + (cell % 5 === 4 ? count : 0), 0)
  return [figures.resources, admin, figures.identities, own.length]
}

it.each([
  // Resources, of them as administrator, identities, of them by its own policies.
  ['OverprivilegedEC2', [330, 330, 121, 44]],
  ['privesc-AssumeRole-starting-role', [330, 330, 121, 2]],
  ['privesc4-CreateAccessKey-user', [330, 330, 121, 43]],
  ['privesc14-UpdatingAssumeRolePolicy-user', [330, 330, 121, 78]],
  ['privesc7-AttachUserPolicy-user', [330, 330, 121, 121]],
  ['fp1-allow-and-deny-user', [0, 0, 0, 0]],
  ['fp2-allow-and-deny-multiple-policies-user', [0, 0, 0, 0]],
  ['fp3-deny-iam-user', [0, 0, 0, 0]],
  ['fp4-nonExploitableResourceConstraint-user', [1, 1, 0, 0]],
])('tells of %s what the file of a real account says', async (name, expected) => {
  expect(await radiusOf(name)).toEqual(expected)
})

it('tells no privilege in the inventory of those whom their own refusals leave nothing', async () => {
  const { items } = await listIdentities(org.as.security, { q: '-allow-and-deny-', limit: 200 })
  expect(items.map(({ name, privilege }) => `${name}: ${privilege}`).toSorted()).toEqual([
    'fp1-allow-and-deny-role: null',
    'fp1-allow-and-deny-user: null',
    'fp2-allow-and-deny-multiple-policies-role: null',
    'fp2-allow-and-deny-multiple-policies-user: null',
  ])
})

it('connects every node of an OpenGraph export, also what is reached through a resource that covers it', async () => {
  const row = await org.as.admin.db.identity.findFirst({ where: { orgId: org.orgId, name: 'OverprivilegedEC2' } })
  const query = ExportReachedQuery.parse({ format: 'opengraph' })
  const response = await exportReached(org.as.security, { ...query, id: row?.id ?? '' })
  const { graph } = await response.json()
  expect(graph.nodes.length).toBeGreaterThan(330)
  const joined = new Set(graph.edges.flatMap(({ start, end }: Edge) => [start.value, end.value]))
  expect(graph.nodes.filter(({ id }: { id: string }) => !joined.has(id))).toEqual([])
})

type Edge = Record<'start' | 'end', { value: string }>
