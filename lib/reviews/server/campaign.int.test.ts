import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyChain } from '@/lib/audit/server/verify-chain'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { itemsFor, makeReviewers, type Reviewers, signAll } from '@/lib/platform/testing/reviewers'
import { makeCredential, makeEdge, makeResource } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember } from '@/prisma/factories/organization'
import { CampaignQuery, CreateCampaignInput, PreviewCampaignInput, UpdateCampaignInput } from '../schema'
import { reassignItems } from './assign-items'
import { closeCampaign } from './close-campaign'
import { createCampaign } from './create-campaign'
import { decideItems } from './decide-items'
import { getCampaign } from './get-campaign'
import { getItem } from './get-item'
import { getProgress } from './get-progress'
import { launchCampaign } from './launch-campaign'
import { listCampaigns } from './list-campaigns'
import { listGroups } from './list-groups'
import { listIdentityReviews } from './list-identity-reviews'
import { listMyReviews } from './list-my-reviews'
import { listReviewers } from './list-reviewers'
import { listTemplates } from './list-templates'
import { previewCampaign } from './preview-campaign'
import { refreshCampaign } from './refresh-campaign'
import { previewSignOff } from './sign-off'
import { undoAct } from './undo-act'
import { updateCampaign } from './update-campaign'

let db: pg.Client
let orgId: Reviewers['orgId']
let sourceId: Reviewers['sourceId']
let security: Reviewers['security']
let auditor: Reviewers['auditor']
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
  ;({ orgId, sourceId, security, auditor, mia, noa, asMia, asNoa, shared, launched } = await makeReviewers(db))
})
afterAll(async () => {
  await db.end()
  await closePool()
})

const scope = { kind: 'identities' as const, filter: {} }
const looked = (item: number) => [{ item, seconds: 12, opened: true }]

describe('a campaign', () => {
  it('goes from its preview to its close, and every step stands in the audit trail', async () => {
    const ids = [await shared('a'), await shared('b'), await shared('c')]
    const target = await makeResource(db, { orgId, sourceId }, 'orders', { sensitivity: 'restricted' })
    await makeEdge(
      db,
      { orgId, sourceId },
      {
        kind: 'grants',
        from: { type: 'identity', id: ids[0] ?? '' },
        to: { type: 'resource', id: target },
        privilege: 'admin',
      },
    )
    await makeCredential(
      db,
      { orgId, sourceId },
      { name: 'key', identity_id: ids[0], issued_at: new Date(Date.now() - 400 * day) },
    )
    const rules = { silence: 'keep' as const }
    const preview = await previewCampaign(security, PreviewCampaignInput.parse({ scope, rules }))
    expect(preview).toMatchObject({ items: 3, identities: 3, unassignable: 0, blocked: [], reviewerCount: 1 })
    expect(preview.reviewers[0]).toMatchObject({ key: key(mia), items: 3, name: 'Mia' })
    const draft = await createCampaign(security, CreateCampaignInput.parse({ name: 'Autumn', scope, rules }))
    const campaign = await launchCampaign(security, { id: draft.id, version: 1, previewHash: preview.previewHash })
    expect(campaign).toMatchObject({ state: 'active', counts: { items: 3, open: 3, settled: 0, unassignable: 0 } })
    expect(campaign.freeze?.evidenceHash).toMatch(/^[0-9a-f]{64}$/)

    const { items } = await itemsFor(asMia, draft.id)
    expect(items.map(({ identity }) => identity.name).toSorted()).toEqual(['a', 'b', 'c'])
    expect(items.every(({ can }) => can.decide && can.certify && can.reassign)).toBe(true)
    expect((await itemsFor(asNoa, draft.id)).items).toEqual([])
    const admin = items.find(({ identity }) => identity.name === 'a')
    const detail = await getItem(asMia, { id: draft.id, item: admin?.no ?? 0 })
    expect(detail.evidence.access).toMatchObject({
      privilege: 'admin',
      grantCount: 1,
      grants: [{ to: 'orders', sensitivity: 'restricted' }],
    })
    expect(detail.evidence.credentials.held[0]).toMatchObject({ name: 'key' })
    expect(detail.says.access).toEqual(['It administers orders (restricted).'])
    expect(detail.says.what).toContain('Its purpose is unknown.')
    expect(detail).toMatchObject({ changedSince: [], isGone: false, conflicts: [], peers: { count: 0 } })

    for (const { no, identity } of items) {
      const decision = identity.name === 'b' ? ('revoke' as const) : ('certify' as const)
      const done = await decideItems(asMia, { id: draft.id, what: { items: [no] }, decision, looked: looked(no) })
      expect(done).toMatchObject({ decided: 1, refused: 0 })
    }
    expect((await previewSignOff(asMia, { id: draft.id })).decisions).toEqual({ certify: 2, revoke: 1 })
    const signed = await signAll(asMia, draft.id)
    expect(signed).toMatchObject({
      items: 3,
      decisions: { certify: 2, revoke: 1 },
      left: { open: 0, drafted: 0, signed: 3 },
    })
    const worker = contextForJob(orgId, 'reviews')
    await refreshCampaign(worker, { id: draft.id })
    expect(await getCampaign(auditor, { id: draft.id })).toMatchObject({ state: 'remediating' })
    const { rows } = await db.query(`SELECT name, decision, state FROM review_remedy WHERE campaign_id = $1`, [
      draft.id,
    ])
    expect(rows).toEqual([{ name: 'b', decision: 'revoke', state: 'planned' }])
    await expect(closeCampaign(security, { id: draft.id })).rejects.toMatchObject({ code: 'conflict' })
    await db.query(`UPDATE review_remedy SET state = 'verified', verified_at = now() WHERE campaign_id = $1`, [
      draft.id,
    ])
    await refreshCampaign(worker, { id: draft.id })
    expect(await getCampaign(auditor, { id: draft.id })).toMatchObject({
      state: 'closed_effective',
      counts: { settled: 3 },
    })

    const actions = await db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND target_kind = 'review_campaign' ORDER BY seq`,
      [orgId],
    )
    const told = actions.rows.map(({ action }) => action as string)
    for (const action of ['create', 'freeze', 'launch', 'close']) expect(told).toContain(`review.campaign.${action}`)
    expect(told.filter((action) => action === 'review.item.decide')).toHaveLength(3)
    const event = await db.query(`SELECT after FROM audit_event WHERE org_id = $1 AND action = 'review.sign_off'`, [
      orgId,
    ])
    expect(event.rows[0].after).toMatchObject({ decisionsHash: signed.decisionsHash, items: 3 })
    expect(await listIdentityReviews(security, { id: ids[1] ?? '', limit: 25 })).toMatchObject({
      items: [{ outcome: 'revoke', settledBy: 'reviewers', words: [{ by: 'Mia', decision: 'revoke' }] }],
    })
  })

  it('freezes evidence with hashes that anybody can work out again', async () => {
    await shared('a')
    await shared('b')
    const { id, freeze } = await launched()
    const { rows } = await db.query(
      `SELECT bool_and(evidence_hash = sha256(convert_to(coalesce(frozen, evidence::text), 'UTF8'))) AS ok,
         encode(sha256(string_agg(evidence_hash, ''::bytea ORDER BY no)), 'hex') AS evidence,
         encode(sha256(string_agg(uuid_send(identity_id), ''::bytea ORDER BY no)), 'hex') AS population FROM review_item WHERE campaign_id = $1`,
      [id],
    )
    expect(rows[0]).toEqual({ ok: true, evidence: freeze?.evidenceHash, population: freeze?.populationHash })
    const app = new pg.Client({ connectionString: (await testDatabase()).appUrl })
    await app.connect()
    await app.query(`SET ROLE bailiwick_app`)
    await app.query(`SELECT set_config('app.current_org', $1, false)`, [orgId])
    await expect(app.query(`UPDATE review_item SET frozen = '{}' WHERE campaign_id = $1`, [id])).rejects.toThrow(
      /permission denied/,
    )
    await expect(app.query(`DELETE FROM review_item WHERE campaign_id = $1`, [id])).rejects.toThrow(/permission denied/)
    await app.end()
  })

  it('takes decisions back as often as one likes, until they are signed off', async () => {
    await shared('a')
    const { id } = await launched()
    const decide = (decision: 'certify' | 'revoke' | 'reduce') =>
      decideItems(asMia, { id, what: { items: [1] }, decision })
    await decide('certify')
    await decide('revoke')
    await decide('reduce')
    const now = async () => (await itemsFor(asMia, id)).items[0]?.mine?.decision
    expect(await now()).toBe('reduce')
    for (const was of ['revoke', 'certify', null]) {
      expect(await undoAct(asMia, { id })).toMatchObject({ items: [1], restored: 1 })
      expect(await now()).toBe(was)
    }
    await expect(undoAct(asMia, { id })).rejects.toMatchObject({ code: 'conflict' })
    await decide('certify')
    await signAll(asMia, id)
    await expect(undoAct(asMia, { id })).rejects.toMatchObject({ code: 'conflict' })
    expect(await decide('revoke')).toMatchObject({ decided: 0, refusals: [{ code: 'settled' }] })
    const progress = await getProgress(security, { id })
    expect(progress).toMatchObject({ counts: { settled: 1, open: 0 }, outcomes: { certify: 1 } })
    const tallied = await db.query(`SELECT count(*)::int AS n FROM review_tally WHERE campaign_id = $1 AND count < 0`, [
      id,
    ])
    expect(tallied.rows[0].n).toBe(0)
  })

  it('decides together only what has equal evidence', async () => {
    for (const name of ['a', 'b', 'c']) await shared(name)
    const odd = await shared('odd', { last_used_at: new Date(Date.now() - 200 * day) })
    const { id } = await launched()
    const { items } = await itemsFor(asMia, id)
    const stale = items.find(({ identity }) => identity.id === odd)
    expect(stale).toMatchObject({ usage: 'stale', recommendation: 'revoke' })
    await expect(
      decideItems(asMia, { id, what: { items: items.map(({ no }) => no) }, decision: 'certify' }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    const groups = await listGroups(asMia, { id, state: 'undecided', limit: 10 })
    expect(groups.items.map((group) => group.items)).toEqual([3, 1])
    const [first] = groups.items
    expect(await decideItems(asMia, { id, what: { group: first?.group ?? '' }, decision: 'certify' })).toMatchObject({
      decided: 3,
    })
    expect(await undoAct(asMia, { id })).toMatchObject({ restored: 3 })
  })

  it('gives work to others, and never back by any way', async () => {
    const zoe = await makeMember(db, orgId, 'reviewer', 'Zoe')
    const asZoe = contextOf(orgId, zoe)
    await shared('a')
    const { id } = await launched()
    const give = (ctx: Context, to: MadeMember, kind: 'reassign' | 'delegate' = 'reassign') =>
      reassignItems(ctx, { id, what: { all: true }, toKey: key(to), kind, reason: 'on holiday' })
    expect(await give(asMia, zoe)).toMatchObject({ moved: 1, refused: 0, left: { open: 0 } })
    expect(await give(asZoe, mia)).toMatchObject({ moved: 0, refusals: [{ conflict: 'had_it_before' }] })
    expect(await give(asZoe, noa)).toMatchObject({ moved: 1 })
    expect(await give(asNoa, mia)).toMatchObject({ moved: 0, refused: 1 })
    expect(await give(asNoa, zoe)).toMatchObject({ moved: 0, refused: 1 })
    expect(await decideItems(asNoa, { id, what: { items: [1] }, decision: 'certify' })).toMatchObject({ decided: 1 })
    const reviewers = await listReviewers(security, { id, limit: 50 })
    expect(reviewers.items.map(({ name, drafted }) => [name, drafted])).toContainEqual(['Noa', 1])
    expect((await listMyReviews(asNoa)).items[0]).toMatchObject({ drafted: 1, open: 0 })
    expect((await listMyReviews(asMia)).items).toEqual([])
    const { history } = await getItem(security, { id, item: 1 })
    expect(history.map(({ kind, by }) => [kind, by])).toEqual([
      ['decide', 'Noa'],
      ['reassign', 'Zoe'],
      ['reassign', 'Mia'],
    ])
  })

  it('keeps drafts of drafts, refuses old ones, and lists what everybody may see', async () => {
    await shared('a')
    const draft = await createCampaign(
      security,
      CreateCampaignInput.parse({ name: 'One', scope, rules: { silence: 'keep' } }),
    )
    const changed = await updateCampaign(security, UpdateCampaignInput.parse({ id: draft.id, version: 1, name: 'Two' }))
    expect(changed).toMatchObject({ name: 'Two', version: 2 })
    await expect(
      updateCampaign(security, UpdateCampaignInput.parse({ id: draft.id, version: 1, name: 'Three' })),
    ).rejects.toMatchObject({ code: 'conflict' })
    await expect(launchCampaign(security, { id: draft.id, version: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(launchCampaign(security, { id: draft.id, version: 2, previewHash: 'x' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    expect(await getCampaign(security, { id: draft.id })).toMatchObject({ state: 'draft' })
    await expect(
      createCampaign(asMia, CreateCampaignInput.parse({ name: 'Mine', scope, rules: { silence: 'keep' } })),
    ).rejects.toMatchObject({ code: 'forbidden' })
    expect((await listCampaigns(asMia, CampaignQuery.parse({}))).items).toEqual([])
    expect((await listCampaigns(auditor, CampaignQuery.parse({ state: 'open' }))).items).toHaveLength(1)
    const templates = await listTemplates(security)
    expect(templates.items).toHaveLength(6)
    for (const template of templates.items)
      CreateCampaignInput.parse({
        name: template.name,
        level: template.level,
        scope: template.scope,
        rules: { ...template.rules },
      })
    expect(await verifyChain(auditor)).toMatchObject({ isIntact: true })
  })
})
