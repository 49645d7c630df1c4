import type { Context } from '../../lib/platform/context'
import { ReviewItemQuery } from '../../lib/reviews/items'
import { CampaignQuery, CreateCampaignInput } from '../../lib/reviews/schema'
import { createCampaign } from '../../lib/reviews/server/create-campaign'
import { decideItems } from '../../lib/reviews/server/decide-items'
import { launchCampaign } from '../../lib/reviews/server/launch-campaign'
import { listCampaigns } from '../../lib/reviews/server/list-campaigns'
import { listItems } from '../../lib/reviews/server/list-items'
import { refreshCampaign } from '../../lib/reviews/server/refresh-campaign'
import { previewSignOff, signOff } from '../../lib/reviews/server/sign-off'

interface Reviewing {
  security: Context
  reviewer: Context
  reviewerKey: string
  /** What the worker would do by and by. */
  job: Context
  /** Who reviews what nobody else can. */
  fallbackKey: string
}

/** Two reviews, made once: one that was finished, and one that a reviewer is in the middle of. */
export async function ensureReviews(who: Reviewing): Promise<void> {
  const { items } = await listCampaigns(who.security, CampaignQuery.parse({}))
  if (items.length > 0) return
  await finishReview(who)
  await beginReview(who)
}

async function launch(
  { security, fallbackKey }: Reviewing,
  input: { name: string; description: string; filter: object; stages?: object[] },
) {
  const { id, version } = await createCampaign(
    security,
    CreateCampaignInput.parse({
      ...{ name: input.name, description: input.description },
      scope: { kind: 'identities', filter: input.filter },
      rules: {
        ...(input.stages ? { stages: input.stages } : {}),
        silence: 'escalate',
        escalateTo: fallbackKey,
        fallback: fallbackKey,
        noteFromScore: null,
      },
    }),
  )
  await launchCampaign(security, { id, version })
  return id
}

const mine = ({ reviewer }: Reviewing, id: string) =>
  listItems(reviewer, { id, ...ReviewItemQuery.parse({ state: 'open', limit: 100 }) })

async function finishReview(who: Reviewing): Promise<void> {
  const id = await launch(who, {
    name: 'Identities of Payments',
    description: 'Before the audit of the ledger: somebody outside the team looks at what it runs.',
    filter: { ownedBy: 'Payments' },
    stages: [{ reviewers: ['named'], named: [who.reviewerKey] }],
  })
  for (const { no, can } of (await mine(who, id)).items) {
    if (!can.certify) continue
    await decideItems(who.reviewer, { id, what: { items: [no] }, decision: 'certify' })
  }
  const { draftHash } = await previewSignOff(who.reviewer, { id })
  await signOff(who.reviewer, { id, draftHash })
  await refreshCampaign(who.job, { id })
}

/** As far as a reviewer gets in a morning: what the evidence speaks for is certified, what it speaks against revoked. */
async function beginReview(who: Reviewing): Promise<void> {
  const id = await launch(who, {
    name: 'Quarterly certification',
    description: 'Everything that has a confirmed owner, asked of whoever answers for it.',
    filter: { owner: 'confirmed' },
  })
  for (const { no, can, recommendation: decision } of (await mine(who, id)).items) {
    if ((decision !== 'certify' || !can.certify) && decision !== 'revoke') continue
    await decideItems(who.reviewer, { id, what: { items: [no] }, decision, note: 'As the evidence says.' })
  }
}
