import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextForJob } from '@/lib/platform/auth/request-context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { itemsFor, makeReviewers, type Reviewers, signAll } from '@/lib/platform/testing/reviewers'
import { makeCredential, makeEdge, makeIdentity, makeOwnership, makeResource } from '@/prisma/factories/inventory'
import { reassignItems } from './assign-items'
import { decideItems } from './decide-items'
import { getCampaign } from './get-campaign'
import { getItem } from './get-item'
import { getProgress } from './get-progress'
import { refreshCampaign } from './refresh-campaign'

let db: pg.Client
let orgId: Reviewers['orgId']
let sourceId: Reviewers['sourceId']
let security: Reviewers['security']
let mia: Reviewers['mia']
let noa: Reviewers['noa']
let asMia: Reviewers['asMia']
let asNoa: Reviewers['asNoa']
let shared: Reviewers['shared']
let launched: Reviewers['launched']
const key = ({ userId }: Reviewers['mia']) => `user:${userId}`
const day = 86_400_000

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  ;({ orgId, sourceId, security, mia, noa, asMia, asNoa, shared, launched } = await makeReviewers(db))
})
afterAll(async () => {
  await db.end()
  await closePool()
})

describe('stages, silence and levels', () => {
  it('lets silence decide as it said it would, and hands on before if it said so', async () => {
    await shared('a')
    const worker = contextForJob(orgId, 'reviews')
    const late = new Date(Date.now() + 400 * day)
    const plain = await launched({ silence: 'reduce' })
    await refreshCampaign(worker, { id: plain.id })
    expect(await getCampaign(security, { id: plain.id })).toMatchObject({ state: 'active' })
    await refreshCampaign(worker, { id: plain.id }, late)
    expect(await getProgress(security, { id: plain.id })).toMatchObject({
      state: 'remediating',
      outcomes: { reduce: 1 },
    })

    const unreminded = await launched({ silence: 'revoke' })
    await refreshCampaign(worker, { id: unreminded.id }, late)
    expect(await getProgress(security, { id: unreminded.id })).toMatchObject({ outcomes: { keep: 1 } })
    const reminded = await launched({ silence: 'revoke' })
    await db.query(
      `INSERT INTO review_reminder (org_id, campaign_id, stage, reviewer_no, kind, delivered_at) SELECT $1, $2, 1, 1, k, now() FROM unnest(ARRAY['168h', '48h']) k`,
      [orgId, reminded.id],
    )
    await refreshCampaign(worker, { id: reminded.id }, late)
    expect(await getProgress(security, { id: reminded.id })).toMatchObject({ outcomes: { revoke: 1 } })

    const escalated = await launched({
      silence: 'escalate',
      escalateTo: `user:${security.actor.id}`,
      silenceThen: 'keep',
    })
    await refreshCampaign(worker, { id: escalated.id }, late)
    expect(await getCampaign(security, { id: escalated.id })).toMatchObject({ state: 'active' })
    expect((await itemsFor(security, escalated.id)).items).toHaveLength(1)
    await refreshCampaign(worker, { id: escalated.id }, new Date(late.getTime() + 60 * day))
    expect(await getProgress(security, { id: escalated.id })).toMatchObject({ outcomes: { keep: 1 } })
    const open = await db.query(`SELECT count(*)::int AS n FROM review_item WHERE org_id = $1 AND outcome IS NULL`, [
      orgId,
    ])
    expect(open.rows[0].n).toBe(0)
  })

  it('asks a second stage of somebody else, about what the first did not revoke', async () => {
    await shared('a')
    await shared('b')
    const stages = [
      { name: 'Owners' },
      { name: 'Security', reviewers: ['named' as const], named: [key(mia), `user:${security.actor.id}`] },
    ]
    const { id } = await launched({ stages })
    const { items } = await itemsFor(asMia, id)
    await decideItems(asMia, { id, what: { items: [items[0]?.no ?? 0] }, decision: 'revoke' })
    await decideItems(asMia, { id, what: { items: [items[1]?.no ?? 0] }, decision: 'certify' })
    await signAll(asMia, id)
    expect(await getProgress(security, { id })).toMatchObject({
      outcomes: { revoke: 1 },
      counts: { settled: 1, open: 1 },
    })
    await refreshCampaign(contextForJob(orgId, 'reviews'), { id })
    expect(await getCampaign(security, { id })).toMatchObject({ stage: { no: 2, of: 2, name: 'Security' } })
    // Mia was named first, and had it in the first stage.
    expect((await itemsFor(asMia, id, { stage: 2 })).items).toEqual([])
    const [second] = (await itemsFor(security, id, { stage: 2 })).items
    expect(second?.identity.name).toBe(items[1]?.identity.name)
    await decideItems(security, { id, what: { items: [second?.no ?? 0] }, decision: 'certify' })
    await signAll(security, id)
    expect(await getProgress(security, { id })).toMatchObject({
      outcomes: { revoke: 1, certify: 1 },
      counts: { open: 0 },
    })
  })

  it('reviews credentials and access one by one too', async () => {
    const [id] = [await shared('a')]
    await makeCredential(
      db,
      { orgId, sourceId },
      { name: 'old key', identity_id: id, issued_at: new Date(Date.now() - 400 * day), never_used: true },
    )
    const target = await makeResource(db, { orgId, sourceId }, 'orders')
    await makeEdge(
      db,
      { orgId, sourceId },
      {
        kind: 'grants',
        from: { type: 'identity', id },
        to: { type: 'resource', id: target },
        privilege: 'write',
        scopes: ['UPDATE'],
      },
    )
    const credentials = await launched({}, 'credential')
    expect((await itemsFor(asMia, credentials.id)).items).toMatchObject([
      { credential: { name: 'old key' }, usage: 'never', recommendation: 'revoke' },
    ])
    const access = await launched({}, 'entitlement')
    expect((await itemsFor(asMia, access.id)).items).toMatchObject([{ entitlement: { name: 'UPDATE → orders' } }])
    const item = await getItem(asMia, { id: access.id, item: 1 })
    expect(item.evidence.entitlement).toMatchObject({ to: 'orders', privilege: 'write', scopes: ['UPDATE'] })
  })

  it('shows what changed since the last review, and finds an unassignable item somebody', async () => {
    const id = await makeIdentity(db, { orgId, sourceId }, { name: 'alone', last_used_at: new Date() })
    await makeOwnership(db, orgId, id, { owner_key: key(mia), label: 'Mia', state: 'confirmed' })
    const first = await launched()
    expect(first.counts.unassignable).toBe(1)
    const all = await itemsFor(security, first.id, { whose: 'all', reviewer: 0 })
    expect(all.items).toHaveLength(1)
    await expect(itemsFor(asMia, first.id)).rejects.toMatchObject({ code: 'forbidden' })
    const given = { id: first.id, what: { all: true as const }, from: 0, reason: 'nobody else' }
    expect(await reassignItems(security, { ...given, toKey: key(mia) })).toMatchObject({ moved: 0, refused: 1 })
    expect(await reassignItems(security, { ...given, toKey: key(noa) })).toMatchObject({ moved: 1 })
    await decideItems(asNoa, {
      id: first.id,
      what: { items: [1] },
      decision: 'certify_until',
      until: new Date(Date.now() + 30 * day).toISOString(),
    })
    await signAll(asNoa, first.id)
    expect((await itemsFor(security, first.id, { whose: 'all' })).items[0]).toMatchObject({
      outcome: 'certify_until',
      settledBy: 'reviewers',
    })
    const target = await makeResource(db, { orgId, sourceId }, 'vault')
    await makeEdge(
      db,
      { orgId, sourceId },
      { kind: 'grants', from: { type: 'identity', id }, to: { type: 'resource', id: target }, privilege: 'admin' },
    )
    const second = await launched({ fallback: key(noa) })
    const item = await getItem(asNoa, { id: second.id, item: 1 })
    expect(item.evidence.previous).toMatchObject({ campaignId: first.id, outcome: 'certify_until', by: 'Noa' })
    expect(item.evidence.changes).toContain('New access: vault.')
  })

  it('knows the last review of a credential, and where its secret was seen', async () => {
    const id = await shared('ci')
    const fingerprint = `test:${id}`
    await makeCredential(db, { orgId, sourceId }, { identity_id: id, name: 'deploy key', fingerprint })
    await makeCredential(db, { orgId, sourceId }, { identity_id: id, name: 'other key' })
    await db.query(
      `INSERT INTO sighting (org_id, source_id, external_id, name, place, fingerprint)
        SELECT $1, $2, place, 'token', place, $3 FROM unnest(ARRAY['.env', 'ci.yml']) place`,
      [orgId, sourceId, fingerprint],
    )
    const first = await launched({}, 'credential')
    const [deploy] = (await itemsFor(asMia, first.id)).items.filter(
      ({ credential }) => credential?.name === 'deploy key',
    )
    const seen = await getItem(asMia, { id: first.id, item: deploy?.no ?? 0 })
    expect(seen.evidence).toMatchObject({ dependents: { sightings: 2 }, previous: null })
    expect(seen.says.stops.at(-1)).toContain('seen in 2 places')
    await decideItems(asMia, { id: first.id, what: { items: [deploy?.no ?? 0] }, decision: 'certify' })
    await decideItems(asMia, {
      id: first.id,
      what: { items: [3 - (deploy?.no ?? 0)] },
      decision: 'revoke',
      note: 'unused',
    })
    await signAll(asMia, first.id)
    const second = await launched({}, 'credential')
    for (const { no, credential } of (await itemsFor(asMia, second.id)).items)
      expect((await getItem(asMia, { id: second.id, item: no })).evidence).toMatchObject({
        previous: { campaignId: first.id, outcome: credential?.name === 'deploy key' ? 'certify' : 'revoke' },
        changes: [],
      })
  })
})
