import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity, makeOwnership, refreshMade } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource, makeTeam } from '@/prisma/factories/organization'
import { CreateCampaignInput, PreviewCampaignInput } from '../schema'
import type { CampaignRulesInput } from '../templates'
import { reassignItems } from './assign-items'
import { createCampaign } from './create-campaign'
import { decideItems } from './decide-items'
import { getCampaign } from './get-campaign'
import { getItem } from './get-item'
import { getProgress } from './get-progress'
import { launchCampaign } from './launch-campaign'
import { listReviewers } from './list-reviewers'
import { previewCampaign } from './preview-campaign'
import { refreshCampaign } from './refresh-campaign'
import { previewSignOff, signOff } from './sign-off'

let db: pg.Client
let orgId: string
let sourceId: string
let teamId: string
let security: Context
let mia: MadeMember
let noa: MadeMember
let asMia: Context
let asNoa: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  sourceId = await makeSource(db, orgId)
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  mia = await makeMember(db, orgId, 'member', 'Mia')
  noa = await makeMember(db, orgId, 'reviewer', 'Noa')
  teamId = await makeTeam(db, orgId, 'Payments')
  for (const { membershipId } of [mia, noa])
    await db.query(`INSERT INTO team_member (org_id, team_id, membership_id) VALUES ($1, $2, $3)`, [
      orgId,
      teamId,
      membershipId,
    ])
  asMia = contextOf(orgId, mia, [teamId])
  asNoa = contextOf(orgId, noa, [teamId])
  await warmUp(security)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

const ofTeam = async (name: string) => {
  const id = await makeIdentity(db, { orgId, sourceId }, { name, last_used_at: new Date() })
  await makeOwnership(db, orgId, id, { owner_key: `team:${teamId}`, label: 'Payments', state: 'confirmed' })
  return id
}
const scope = { kind: 'identities' as const, filter: {} }
async function launched(rules: CampaignRulesInput = {}) {
  const draft = await createCampaign(
    security,
    CreateCampaignInput.parse({ name: 'Bad', scope, rules: { silence: 'keep', ...rules } }),
  )
  return launchCampaign(security, { id: draft.id, version: 1 })
}
const decide = (ctx: Context, id: string, item: number, decision: 'certify' | 'revoke', more = {}) =>
  decideItems(ctx, { id, what: { items: [item] }, decision, ...more })

describe('what goes wrong in a campaign', () => {
  it('two reviewers decide at once: one draft stands, the other is told', async () => {
    for (let no = 0; no < 6; no += 1) await ofTeam(`i${no}`)
    const { id } = await launched()
    for (let item = 1; item <= 6; item += 1) {
      const both = await Promise.all([decide(asMia, id, item, 'certify'), decide(asNoa, id, item, 'revoke')])
      expect(both.map(({ decided }) => decided).toSorted()).toEqual([0, 1])
      expect(both.flatMap(({ refusals }) => refusals.map(({ code }) => code))).toEqual(['decided_by_other'])
    }
    const { drafted } = await previewSignOff(asMia, { id })
    expect(drafted + (await previewSignOff(asNoa, { id })).drafted).toBe(6)
    const { rows } = await db.query(`SELECT sum(count)::int AS n FROM review_tally WHERE campaign_id = $1`, [id])
    expect(rows[0].n).toBe(6)
    // Knowingly: the draft of the other is replaced, and the other cannot sign it off any more.
    const first = (await decide(asMia, id, 1, 'certify', { replaces: true })).decided
    expect(first).toBe(1)
    expect((await decide(asNoa, id, 1, 'revoke')).refusals[0]?.code).toBe('decided_by_other')
  })

  it('a reviewer leaves: what they had is seen, given to others, and what they signed stands', async () => {
    await ofTeam('a')
    const alone = await makeIdentity(db, { orgId, sourceId }, { name: 'b', last_used_at: new Date() })
    for (const [member, at] of [
      [mia, 2000],
      [noa, 1000],
    ] as const)
      await makeOwnership(db, orgId, alone, {
        owner_key: `user:${member.userId}`,
        label: member.name,
        state: 'confirmed',
        asserted_at: new Date(Date.now() - at),
      })
    const { id } = await launched()
    const reviewers = async () => (await listReviewers(security, { id, limit: 50 })).items
    const number = (await reviewers()).find(({ key }) => key === `user:${mia.userId}`)
    expect(number).toMatchObject({ isGone: false, open: 1 })
    await db.query(`UPDATE membership SET status = 'disabled' WHERE id = $1`, [mia.membershipId])
    expect((await reviewers()).find(({ no }) => no === number?.no)).toMatchObject({ isGone: true, open: 1 })
    // Noa alone would answer for it now: whoever is given it must not be the only owner.
    const give = (toKey: string) => ({
      id,
      what: { all: true as const },
      from: number?.no ?? -1,
      toKey,
      reason: 'Mia left',
    })
    expect(await reassignItems(security, give(`user:${noa.userId}`))).toMatchObject({ moved: 0, refused: 1 })
    expect(await reassignItems(security, give(`user:${security.actor.id}`))).toMatchObject({ moved: 1, refused: 0 })
    const back = { id, what: { all: true as const }, toKey: `user:${mia.userId}`, reason: 'back' }
    await expect(reassignItems(security, back)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('an item changes and its source disappears after the freeze: shown, and the decision stands on what was frozen', async () => {
    const identity = await ofTeam('a')
    const { id } = await launched()
    const before = await getItem(asMia, { id, item: 1 })
    expect(before).toMatchObject({ changedSince: [], isGone: false })
    await db.query(`UPDATE identity SET environment = 'production', status = 'disabled' WHERE id = $1`, [identity])
    await refreshMade(db, orgId, [identity])
    const changed = await getItem(asMia, { id, item: 1 })
    expect(changed.changedSince).toEqual([
      'Its state was active, it is disabled now.',
      'Its environment was unknown, it is production now.',
    ])
    expect([changed.evidenceHash, changed.evidence]).toEqual([before.evidenceHash, before.evidence])
    await db.query(`UPDATE identity SET deleted_at = now() WHERE source_id = $1`, [sourceId])
    await refreshMade(db, orgId, [identity])
    expect(await getItem(asMia, { id, item: 1 })).toMatchObject({ isGone: true, evidenceHash: before.evidenceHash })
    expect(await decide(asMia, id, 1, 'revoke')).toMatchObject({ decided: 1 })
    const { draftHash } = await previewSignOff(asMia, { id })
    expect(await signOff(asMia, { id, draftHash })).toMatchObject({ items: 1 })
    expect(await getProgress(security, { id })).toMatchObject({ outcomes: { revoke: 1 } })
  })

  it('a source was read in part: the launch is refused with the reason, and goes on once it is whole', async () => {
    await ofTeam('a')
    const { rows } = await db.query(
      `INSERT INTO connection (org_id, source_id, connector) VALUES ($1, $2, 'postgresql') RETURNING id`,
      [orgId, sourceId],
    )
    const live = await db.query(
      `INSERT INTO live_connection (org_id, connector, name, instance, config, secrets, connection_id, created_by, created_by_label)
       VALUES ($1, 'postgresql', 'Shop', 'shop', '{}', '\\x00', $2, 'x', 'x') RETURNING id`,
      [orgId, rows[0].id],
    )
    await db.query(
      `INSERT INTO sync_run (org_id, status, created_by, created_by_label, live_connection_id, is_partial) VALUES ($1, 'applied', 'x', 'x', $2, true)`,
      [orgId, live.rows[0].id],
    )
    const preview = await previewCampaign(security, PreviewCampaignInput.parse({ scope, rules: { silence: 'keep' } }))
    expect(preview.blocked).toMatchObject([{ says: 'The last time, test was read in part only.' }])
    await expect(launched()).rejects.toMatchObject({
      code: 'conflict',
      message: 'The last time, test was read in part only.',
    })
    const blocked = await db.query(`SELECT id, state, blocked, version FROM review_campaign WHERE org_id = $1`, [orgId])
    expect(blocked.rows).toMatchObject([{ state: 'blocked', blocked: 'The last time, test was read in part only.' }])
    const frozen = await db.query(`SELECT count(*)::int AS n FROM review_item WHERE org_id = $1`, [orgId])
    expect(frozen.rows[0].n).toBe(0)
    await db.query(
      `INSERT INTO sync_run (org_id, status, created_by, created_by_label, live_connection_id) VALUES ($1, 'applied', 'x', 'x', $2)`,
      [orgId, live.rows[0].id],
    )
    const { id, version } = blocked.rows[0]
    expect(await launchCampaign(security, { id, version })).toMatchObject({ state: 'active', blocked: null })
  })

  it('the deadline passes during a sign-off: whoever was first, every item has one outcome, and drafts alone are no decision', async () => {
    for (let round = 0; round < 4; round += 1) await ofTeam(`i${round}`)
    const worker = contextForJob(orgId, 'reviews')
    for (let round = 0; round < 3; round += 1) {
      const { id } = await launched({ silence: 'reduce' })
      for (let item = 1; item <= 3; item += 1) await decide(asMia, id, item, 'certify')
      const { draftHash } = await previewSignOff(asMia, { id })
      const late = new Date(Date.now() + 400 * 86_400_000)
      const [signed] = await Promise.allSettled([
        signOff(asMia, { id, draftHash }),
        refreshCampaign(worker, { id }, late),
      ])
      await refreshCampaign(worker, { id }, late)
      const progress = await getProgress(security, { id })
      expect(progress.outcomes).toEqual(signed.status === 'fulfilled' ? { certify: 3, reduce: 1 } : { reduce: 4 })
      if (signed.status === 'rejected') expect(signed.reason).toMatchObject({ code: 'conflict' })
      expect(progress.counts).toMatchObject({ settled: 4, open: 0 })
    }
    const { id } = await launched()
    await decide(asMia, id, 1, 'certify')
    const { draftHash } = await previewSignOff(asMia, { id })
    await db.query(`UPDATE review_stage SET deadline_at = now() - interval '1 second' WHERE campaign_id = $1`, [id])
    await expect(signOff(asMia, { id, draftHash })).rejects.toMatchObject({ code: 'conflict' })
    await expect(decide(asMia, id, 2, 'certify')).rejects.toMatchObject({ code: 'conflict' })
    expect(await getCampaign(security, { id })).toMatchObject({ state: 'active' })
  })

  it('a session ends in the middle: drafts are kept for the next, and a changed draft refuses an old sign-off', async () => {
    await ofTeam('a')
    await ofTeam('b')
    const { id } = await launched()
    await decide(asMia, id, 1, 'certify')
    const { draftHash } = await previewSignOff(asMia, { id })
    const again = contextOf(orgId, mia, [teamId])
    expect(await previewSignOff(again, { id })).toMatchObject({ drafted: 1, open: 1, draftHash })
    await decide(again, id, 1, 'revoke')
    await expect(signOff(asMia, { id, draftHash })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect((await getItem(again, { id, item: 1 })).mine).toMatchObject({ decision: 'revoke', state: 'drafted' })
  })

  it('somebody becomes the only owner after the freeze: they cannot certify any more, and may still revoke', async () => {
    const identity = await ofTeam('a')
    const { id } = await launched()
    await db.query(`UPDATE ownership SET owner_key = $2 WHERE identity_id = $1`, [identity, `user:${mia.userId}`])
    const refused = await decide(asMia, id, 1, 'certify')
    expect(refused).toMatchObject({ decided: 0, refusals: [{ code: 'conflict_of_interest', conflict: 'owns_alone' }] })
    expect(await decide(asNoa, id, 1, 'certify')).toMatchObject({ decided: 1 })
    expect(await decide(asMia, id, 1, 'revoke', { replaces: true })).toMatchObject({ decided: 1 })
  })
})
