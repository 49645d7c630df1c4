import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import { Prisma } from '@/lib/platform/db/generated/client'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { graphsEach, makeOwnershipGraphs } from '@/lib/platform/testing/ownership-graphs'
import { randomAt } from '@/prisma/factories/random'
import { itemTarget } from '../rules'
import { CreateCampaignInput } from '../schema'
import { reassignItems } from './assign-items'
import { createCampaign } from './create-campaign'
import { decideItems } from './decide-items'
import { launchCampaign } from './launch-campaign'
import { listGroups } from './list-groups'
import { previewSignOff, signOff } from './sign-off'
import { findCampaign } from './store'
import { assignmentRows, placeOf } from './store-items'

/**
 * Nobody certifies what they own alone, created, can act as, or had before, by whatever way: generated ownership graphs in the
 * database, real launches, the real decision point by both of its answers (a check of one item, a plan that became SQL), against
 * what JavaScript works out from the generated graph alone. A thousand in the suite;
 * `OWNERSHIP_ORGANIZATIONS=20 npm test -- integration lib/reviews/server/segregation` takes ten thousand.
 */
const organizations = Number(process.env.OWNERSHIP_ORGANIZATIONS ?? 2)

let db: pg.Client
beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
afterAll(async () => {
  await db.end()
  await closePool()
})

interface Assigned {
  no: number
  key: string
  state: string
  identityId: string
  soleOwnerIds: string[]
  creatorIds: string[]
  userIds: string[]
  chainIds: string[]
  actsForIds: string[]
}

async function assignmentsOf(campaignId: string): Promise<Assigned[]> {
  const { rows } = await db.query<Assigned>(
    `SELECT a.item_no AS no, r.key, a.state, i.identity_id AS "identityId", i.sole_owner_ids AS "soleOwnerIds", i.creator_ids AS "creatorIds",
       i.user_ids AS "userIds", a.chain_ids AS "chainIds", a.acts_for_ids AS "actsForIds"
     FROM review_assignment a JOIN review_reviewer r USING (org_id, campaign_id) JOIN review_item i USING (org_id, campaign_id)
     WHERE a.campaign_id = $1 AND r.no = a.reviewer_no AND i.no = a.item_no`,
    [campaignId],
  )
  return rows
}

const factsOf = (row: Assigned, reviewerKey: string, campaignId: string) =>
  itemTarget({ ...row, campaignId, name: String(row.no), reviewerKey, selfReview: 'never', isFinal: true })

describe('segregation of duties', () => {
  it(`lets nobody certify what is theirs in ${organizations * graphsEach} generated ownership graphs`, {
    timeout: 2_400_000,
  }, async () => {
    let [graphs, asked, allowed, refusedForConflict, moves, certified] = [0, 0, 0, 0, 0, 0]
    for (let seed = 1; seed <= organizations; seed += 1) {
      const world = await makeOwnershipGraphs(db, seed)
      const { people, security, conflicted } = world
      if (seed === 1) await warmUp(security)
      const random = randomAt(seed, 0x6d6f76)
      const active = people.filter(({ isActive, role }) => isActive && role !== 'auditor')
      const rules = {
        silence: 'keep' as const,
        stages: [
          {
            reviewers: random
              .pick([
                ['owner', 'backup', 'team_lead'],
                ['backup', 'owner'],
                ['team_lead', 'owner', 'backup'],
              ] as const)
              .slice(),
            howMany: random.pick(['first', 'all'] as const),
          },
        ],
        fallback: random.chance(0.5) ? random.pick(active).key : null,
        noteFor: [],
      }
      const scope = { kind: 'identities' as const, filter: {} }
      const draft = await createCampaign(security, CreateCampaignInput.parse({ name: `Graphs ${seed}`, scope, rules }))
      await launchCampaign(security, { id: draft.id, version: 1 })
      const before = await assignmentsOf(draft.id)
      const items = new Map(before.map((row) => [row.no, row]))
      graphs += items.size
      expect(items.size).toBe(graphsEach)

      // Whoever was asked can do it: the person, or somebody of the team.
      const team = (key: string) => world.teams.find(({ id }) => key === `team:${id}`)?.members ?? [key.slice(5)]
      for (const row of before) {
        if (row.key === '') continue
        const free = team(row.key).filter(
          (id) => active.some((person) => person.id === id) && !conflicted.get(row.identityId)?.has(id),
        )
        expect(free.length, `item ${row.no} of seed ${seed} went to ${row.key}`).toBeGreaterThan(0)
      }
      // Whoever it is given to, in whatever way: the decision point on every person and every item.
      for (const person of people) {
        const rows = [...items.values()]
        const answers = await person.ctx.can(
          ['certify', 'revoke'],
          rows.map((row) => factsOf(row, person.key, draft.id)),
        )
        for (const [index, row] of rows.entries()) {
          asked += 1
          const may = answers[index]?.certify === true
          const isConflicted = conflicted.get(row.identityId)?.has(person.id) === true
          if (may) allowed += 1
          if (isConflicted) refusedForConflict += 1
          if (person.role === 'auditor') expect(may).toBe(false)
          else expect(may, `${person.key} on item ${row.no} of seed ${seed}`).toBe(!isConflicted)
        }
      }
      // Given on at random, on one's own and on somebody's behalf: through whose hands each assignment went is kept here.
      const had = new Map<string, Set<string>>()
      for (let move = 0; move < 8; move += 1) {
        const from = random.pick(active)
        const to = random.pick(active)
        const mine = (await assignmentsOf(draft.id)).filter(
          ({ key, state }) => ownerKeysOf(from.ctx.actor).includes(key) && state === 'open',
        )
        if (mine.length === 0) continue
        const kind = random.pick(['reassign', 'delegate'] as const)
        const done = await reassignItems(from.ctx, {
          id: draft.id,
          what: { all: true },
          toKey: to.key,
          kind,
          reason: 'at random',
        })
        moves += done.moved
        const given = new Set(
          (await assignmentsOf(draft.id))
            .filter(({ state }) => state === 'handed_on')
            .map(({ no, key }) => `${no} ${key}`),
        )
        const hands = mine.filter(({ no, key }) => given.has(`${no} ${key}`))
        expect(hands.length).toBe(done.moved)
        for (const { no, key } of hands) {
          const before = [
            ...(had.get(`${no} ${key}`) ?? []),
            from.id,
            ...(key.startsWith('user:') ? [key.slice(5)] : []),
          ]
          expect(before, `item ${no} came back`).not.toContain(to.id)
          had.set(`${no} ${to.key}`, new Set(before))
        }
      }
      // The plan and the check agree on every assignment that there is, and neither lets it come back.
      const after = (await assignmentsOf(draft.id)).filter(({ state, key }) => state === 'open' && key !== '')
      const campaign = await findCampaign(security, draft.id)
      for (const person of active) {
        const { certify } = await person.ctx.rights(['certify'], 'review_item')
        const place = placeOf(person.ctx, campaign, { selfReview: 'never', stages: [1] })
        const planned = await person.ctx.sql<{ no: number; key: string }>(
          Prisma.sql`SELECT l.item_no AS no, l.reviewer_key AS key FROM (${assignmentRows(place, Prisma.sql`a.state = 'open'`)}) l WHERE ${certify}`,
        )
        const may = new Set(planned.map(({ no, key }) => `${no} ${key}`))
        const answers = await person.ctx.can(
          ['certify'],
          after.map((row) => factsOf(row, row.key, draft.id)),
        )
        for (const [index, row] of after.entries()) {
          asked += 1
          expect(may.has(`${row.no} ${row.key}`), `plan of item ${row.no}`).toBe(answers[index]?.certify === true)
          if (answers[index]?.certify !== true) continue
          expect(conflicted.get(row.identityId)?.has(person.id)).toBe(false)
          expect(had.get(`${row.no} ${row.key}`)?.has(person.id) ?? false).toBe(false)
          for (const id of row.actsForIds) expect(conflicted.get(row.identityId)?.has(id)).toBe(false)
        }
      }
      // And through the door: everybody tries to certify whatever they have, and signs it off.
      for (const person of active) {
        const { items: groups } = await listGroups(person.ctx, { id: draft.id, state: 'undecided', limit: 6 })
        for (const { group } of groups)
          await decideItems(person.ctx, { id: draft.id, what: { group }, decision: 'certify' })
        const preview = await previewSignOff(person.ctx, { id: draft.id })
        if (preview.drafted > 0) await signOff(person.ctx, { id: draft.id, draftHash: preview.draftHash })
      }
      const { rows: signed } = await db.query<{ no: number; identityId: string; by: string; key: string }>(
        `SELECT a.item_no AS no, i.identity_id AS "identityId", a.by_id AS by, r.key FROM review_assignment a JOIN review_item i USING (org_id, campaign_id)
         JOIN review_reviewer r USING (org_id, campaign_id) WHERE a.campaign_id = $1 AND i.no = a.item_no AND r.no = a.reviewer_no AND a.state = 'signed'`,
        [draft.id],
      )
      certified += signed.length
      const own = signed.filter(
        ({ identityId, by, no, key }) => conflicted.get(identityId)?.has(by) || had.get(`${no} ${key}`)?.has(by),
      )
      expect(own).toEqual([])
    }
    process.stdout.write(`${JSON.stringify({ graphs, asked, allowed, refusedForConflict, moves, certified })}\n`)
    expect(graphs).toBe(organizations * graphsEach)
    // The generated graphs hold what they are to find: conflicts by the thousand, and work that was done.
    expect(refusedForConflict).toBeGreaterThan(graphs / 4)
    expect(allowed).toBeGreaterThan(graphs)
    expect(moves).toBeGreaterThan(graphs / 100)
    expect(certified).toBeGreaterThan(graphs / 50)
  })
})
