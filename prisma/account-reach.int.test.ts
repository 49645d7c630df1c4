import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { getBlastRadius } from '../lib/access-graph/server/get-blast-radius'
import { listBecomes } from '../lib/access-graph/server/list-becomes'
import { closeGraphs } from '../lib/access-graph/server/serve-graph'
import { applyNow } from '../lib/connections/server/apply-import'
import { previewImport } from '../lib/connections/server/preview-import'
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

/** What an identity of the account reaches and becomes. */
async function radiusOf(name: string) {
  const { orgId } = org
  const row = await org.as.admin.db.identity.findFirst({ where: { orgId, name }, select: { id: true } })
  if (!row) throw new Error(`${name} is not in the account`)
  const { figures } = await getBlastRadius(org.as.security, { id: row.id })
  const page = { at: 0, limit: 200 }
  const becomes = await listBecomes(org.as.security, { id: row.id, ...page })
  const firstHops = becomes.items.filter(({ path: steps }) => steps.length <= 3).map(({ node }) => node.name)
  const { resources, identities } = figures
  return { resources, identities, admin: figures.cells.reduce((n, cells, cell) => n + (cell % 5 === 4 ? cells : 0), 0), firstHops }
}

it('is what the file of a real account says', { timeout: 120_000 }, async () => {
  for (const name of [
    'OverprivilegedEC2',
    'privesc-AssumeRole-starting-role',
    'fp1-allow-and-deny-user',
    'fp2-allow-and-deny-multiple-policies-user',
    'fp3-deny-iam-user',
    'fp4-nonExploitableResourceConstraint-user',
    'privesc4-CreateAccessKey-user',
    'privesc14-UpdatingAssumeRolePolicy-user',
    'privesc7-AttachUserPolicy-user',
    'privesc3-CreateEC2WithExistingInstanceProfile-user',
    'privesc-ssmStartSession-user',
  ]) {
    const { firstHops, ...figures } = await radiusOf(name)
    console.log(JSON.stringify({ name, ...figures, first: firstHops.length }), JSON.stringify(firstHops).slice(0, 200))
  }
  expect(1).toBe(1)
})
