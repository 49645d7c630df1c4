import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateSelectionInput } from '@/lib/ownership/schema'
import { createIdentitySelection } from '@/lib/ownership/server/create-identity-selection'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { makeCredential, makeEdge, makeIdentity, makeResource, refreshMade } from '@/prisma/factories/inventory'
import { makeSource } from '@/prisma/factories/organization'
import { mostTargets } from '../schema'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { requestRevocation } from './request-revocation'

let org: TestOrganization
let db: pg.Client
let place: { orgId: string; sourceId: string }

beforeAll(async () => {
  org = await testOrganization()
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const select = (filter: object) => createIdentitySelection(org.as.security, CreateSelectionInput.parse({ filter }))

describe('all that match', () => {
  it('is exactly the list that was counted, as it was then, and for whoever counted it alone', async () => {
    const ids: string[] = []
    for (const name of ['acme-1', 'acme-2', 'acme-3']) ids.push(await makeIdentity(db, place, { name }))
    await makeIdentity(db, place, { name: 'other' })
    const { id, count } = await select({ q: 'acme' })
    await makeIdentity(db, place, { name: 'acme-later' })
    expect(count).toBe(3)
    const preview = await previewRevocation(org.as.security, { selectionId: id })
    expect(preview.targets.map(({ identityId }) => identityId).sort()).toEqual([...ids].sort())
    expect(preview.targets[0]?.problems).toMatchObject([{ kind: 'no_connection' }])
    expect((await previewRotation(org.as.security, { selectionId: id })).targets).toHaveLength(3)
    await expect(previewRevocation(org.as.admin, { selectionId: id })).rejects.toMatchObject({ code: 'not_found' })
    const targets = preview.targets.map(({ identityId, credentialId }) => ({ identityId, credentialId }))
    const order = { targets, listHash: preview.listHash, reason: 'A vendor was breached' }
    await expect(requestRevocation(org.as.security, order)).rejects.toMatchObject({
      code: 'precondition_failed',
      message: /No live connection/,
    })
  })

  it('is refused when it is nothing, or more than one order may be about', async () => {
    const { id: none } = await select({ q: 'nobody-is-called-so' })
    await expect(previewRevocation(org.as.security, { selectionId: none })).rejects.toMatchObject({
      message: 'Nothing matches any more.',
    })
    await db.query(
      `INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
       SELECT $1, $2, 'many-' || n, 'service_account', 'many-' || n, 'active' FROM generate_series(1, $3::int) n`,
      [place.orgId, place.sourceId, mostTargets + 1],
    )
    await refreshMade(db, place.orgId, 'all')
    const { id } = await select({ q: 'many-' })
    await expect(previewRevocation(org.as.security, { selectionId: id })).rejects.toMatchObject({
      code: 'invalid_input',
      message: `${mostTargets + 1} identities match. One order is about ${mostTargets} at most: narrow the filter, and make several.`,
    })
  })

  it('is asked for in one way', async () => {
    const identityId = await makeIdentity(db, place)
    const both = { agentId: identityId, targets: [{ identityId, credentialId: null }] }
    for (const input of [{}, both]) await expect(previewRevocation(org.as.security, input)).rejects.toThrow(/either/)
  })
})

describe('the kill switch of an agent', () => {
  it('takes what it alone acts by, through its tools, and tells what others use too', async () => {
    const agent = await makeIdentity(db, place, { name: 'helper', kind: 'ai_agent' })
    const rival = await makeIdentity(db, place, { name: 'rival', kind: 'ai_agent' })
    const tool = await makeResource(db, place, 'tool', { kind: 'tool' })
    const sub = await makeResource(db, place, 'sub-tool', { kind: 'tool' })
    const identity = (name: string) => makeIdentity(db, place, { name })
    const own = await identity('own')
    const shared = await identity('shared')
    const holder = await identity('holder')
    const denied = await identity('denied')
    const ended = await identity('ended')
    const far = await identity('far')
    const key = await makeCredential(db, place, { identity_id: holder, name: 'key' })
    const common = await makeCredential(db, place, { identity_id: holder, name: 'common' })
    const vault = await makeResource(db, place, 'vault', { kind: 'secret_store' })
    const asIdentity = (id: string) => ({ type: 'identity', id })
    const asResource = (id: string) => ({ type: 'resource', id })
    const edge = (kind: string, from: object, to: object, more: object = {}) =>
      makeEdge(db, place, { kind, from, to, ...more } as Parameters<typeof makeEdge>[2])
    await edge('delegates_to', asIdentity(agent), asResource(tool))
    await edge('delegates_to', asResource(tool), asResource(sub))
    // In a circle, as tools may call each other.
    await edge('delegates_to', asResource(sub), asResource(tool))
    await edge('delegates_to', asResource(tool), asIdentity(own))
    await edge('runs_as', asIdentity(agent), asIdentity(shared))
    await edge('runs_as', asIdentity(rival), asIdentity(shared))
    await edge('delegates_to', asIdentity(agent), asIdentity(denied), { effect: 'deny' })
    await edge('delegates_to', asIdentity(agent), asIdentity(ended), { expires_at: new Date(0) })
    // What it may change is not what it acts by.
    await edge('grants', asIdentity(agent), asIdentity(far))
    await edge('stores', asResource(sub), { type: 'credential', id: key })
    await edge('stores', asResource(tool), { type: 'credential', id: common })
    await edge('stores', asResource(vault), { type: 'credential', id: common })
    const { targets, shared: others } = await previewRevocation(org.as.security, { agentId: agent })
    const list = targets.map(({ identityId, credentialId }) => [identityId, credentialId])
    expect(list).toHaveLength(3)
    expect(list).toEqual(
      expect.arrayContaining([
        [agent, null],
        [own, null],
        [holder, key],
      ]),
    )
    expect(others).toEqual([
      { identityId: holder, credentialId: common, name: 'common of holder', others: 1 },
      { identityId: shared, credentialId: null, name: 'shared', others: 1 },
    ])
    const stranger = await testOrganization()
    await expect(previewRevocation(stranger.as.security, { agentId: agent })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
