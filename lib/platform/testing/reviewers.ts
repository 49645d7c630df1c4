import type pg from 'pg'
import { makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { ReviewItemQuery } from '../../reviews/items'
import { CreateCampaignInput } from '../../reviews/schema'
import { createCampaign } from '../../reviews/server/create-campaign'
import { launchCampaign } from '../../reviews/server/launch-campaign'
import { listItems } from '../../reviews/server/list-items'
import { previewSignOff, signOff } from '../../reviews/server/sign-off'
import type { CampaignRulesInput } from '../../reviews/templates'
import type { Context } from '../context'
import { contextOf, warmUp } from './context'

const day = 86_400_000
const keyOf = (member: MadeMember) => `user:${member.userId}`

/** An organization with two people who review, and what its campaigns are made of. */
export async function makeReviewers(db: pg.Client) {
  const orgId = await makeOrganization(db)
  const sourceId = await makeSource(db, orgId)
  const security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  const auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  const mia = await makeMember(db, orgId, 'member', 'Mia')
  const noa = await makeMember(db, orgId, 'reviewer', 'Noa')
  await warmUp(security)
  return {
    ...{ orgId, sourceId, security, auditor, mia, noa },
    ...{ asMia: contextOf(orgId, mia), asNoa: contextOf(orgId, noa) },
    /** An identity for which Mia and Noa both answer, Mia first. */
    shared: async (name: string, columns = {}) => {
      const used = { last_used_at: new Date(Date.now() - day) }
      const id = await makeIdentity(db, { orgId, sourceId }, { name, ...used, ...columns })
      for (const [owner, label, ago] of [
        [mia, 'Mia', 2000],
        [noa, 'Noa', 1000],
      ] as const)
        await makeOwnership(db, orgId, id, {
          ...{ owner_key: keyOf(owner), label, state: 'confirmed', asserted_at: new Date(Date.now() - ago) },
        })
      return id
    },
    /** A campaign over everything, under way. */
    launched: async (rules: CampaignRulesInput = {}, level: 'identity' | 'credential' | 'entitlement' = 'identity') => {
      const scope = { kind: 'identities' as const, filter: {} }
      const input = { name: 'Autumn', level, scope, rules: { silence: 'keep' as const, ...rules } }
      const draft = await createCampaign(security, CreateCampaignInput.parse(input))
      return launchCampaign(security, { id: draft.id, version: draft.version })
    },
  }
}

export type Reviewers = Awaited<ReturnType<typeof makeReviewers>>

/** What somebody has to review. */
export const itemsFor = (ctx: Context, id: string, query = {}) =>
  listItems(ctx, { id, ...ReviewItemQuery.parse(query) })

/** Signs off every draft of the caller. */
export async function signAll(ctx: Context, id: string) {
  const { draftHash } = await previewSignOff(ctx, { id })
  return signOff(ctx, { id, draftHash })
}
