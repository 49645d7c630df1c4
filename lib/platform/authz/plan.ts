import { PlanKind } from '@cerbos/core'
import { Prisma } from '../db/generated/client'
import { type DecisionPoint, decisionPoint, noDecision } from './client'
import { type Asker, principalOf } from './principal'
import { type AttributeMappings, type RowCondition, rowConditionOf, sqlPredicateOf, whereOf } from './row-condition'

export interface Plan {
  kind: 'always' | 'never' | 'where'
  decisionId: string
  /** The rows as a Prisma `where` of the kind's model; empty for `always` and `never`. */
  where: Record<string, unknown>
  /** The rows as a predicate on the row `l` of the kind's list (`identity_listing` or `credential`). */
  sql: () => Prisma.Sql
}

/** Ownership that a person stated, confirmed or not yet: whoever was assigned must see what to confirm. A suggestion gives no access. */
const answering = ['assigned', 'confirmed']

const heldByOwner = (values: readonly unknown[]) => ({
  ownerships: {
    some: {
      ownerKey: { in: [...values] },
      state: { in: answering },
      endedAt: null,
      OR: [{ validUntil: null }, { validUntil: { gt: new Date() } }],
    },
  },
})

/**
 * The identities for which one of these keys answers, as a predicate on the row `l`. The organization is named, for the planner
 * knows nothing of the one that row-level security sets, and takes somebody who owns half of it for an owner of a few.
 */
export function answeredBy(ownerKeys: readonly unknown[]): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM ownership o WHERE o.org_id = l.org_id AND o.identity_id = l.identity_id
      AND o.owner_key = ANY (${ownerKeys.map(String)}::text[]) AND o.state = ANY (${answering}::text[])
      AND o.ended_at IS NULL AND (o.valid_until IS NULL OR o.valid_until > now()))`
}

/** Under which keys these people and API keys stand in the audit trail. */
const actorKeysOf = (ids: readonly unknown[]) => ids.flatMap((id) => [`user:${id}`, `api_key:${id}`])

const column = (name: string): AttributeMappings[string] => ({ where: (values) => ({ [name]: { in: values } }) })

const oneOf = (name: string) => ({
  where: noWhere,
  sql: (values: readonly unknown[]) =>
    Prisma.sql`${Prisma.raw(`l.${name}`)}::text = ANY (${values.map(String)}::text[])`,
})
const anyOf = (name: string) => ({
  where: noWhere,
  sql: (values: readonly unknown[]) => Prisma.sql`${Prisma.raw(`l.${name}`)} && ${values.map(String)}::text[]`,
})

/** Items of reviews are no model of Prisma's: there is nothing that could be asked in its words. */
function noWhere(): Record<string, unknown> {
  return {}
}

/** An item of a campaign as one reviewer has it: `l` is put together by lib/reviews/server/store-items.ts. */
const reviewItem: AttributeMappings = {
  reviewerKey: oneOf('reviewer_key'),
  selfReview: oneOf('self_review'),
  isFinal: oneOf('is_final'),
  soleOwnerIds: anyOf('sole_owner_ids'),
  creatorIds: anyOf('creator_ids'),
  userIds: anyOf('user_ids'),
  chainIds: anyOf('chain_ids'),
  actsForConflicted: oneOf('acts_for_conflicted'),
}

/**
 * How the attributes that policies read are found in the tables. A policy that reads an attribute that is not listed
 * here cannot be turned into a query and the list is refused, never shown whole.
 */
const mappings: Record<string, AttributeMappings> = {
  identity: { ownerKeys: { where: heldByOwner, sql: answeredBy } },
  credential: {
    ownerKeys: { where: (values) => ({ identity: { is: heldByOwner(values) } }), sql: answeredBy },
  },
  ownership_task: {
    toKey: {
      where: (values) => ({ toKey: { in: values } }),
      sql: (values) => Prisma.sql`l.to_key = ANY (${values.map(String)}::text[])`,
    },
  },
  owner_change: {
    startedBy: {
      where: (values) => ({ actorKey: { in: actorKeysOf(values) } }),
      sql: (values) => Prisma.sql`l.actor_key = ANY (${actorKeysOf(values)}::text[])`,
    },
  },
  review_campaign: {
    reviewerKeys: { where: (values) => ({ reviewers: { some: { key: { in: values } } } }) },
  },
  review_item: reviewItem,
  access_grant: { partyKeys: { where: (values) => ({ partyKeys: { hasSome: values } }) } },
  break_glass: { invokerId: column('invokerId') },
  session: { userId: column('userId') },
  notification: { userId: column('userId') },
  api_key: { ownerId: { where: (values) => ({ owner: { is: { userId: { in: values } } } }) } },
  import: { createdBy: column('createdBy') },
  view: {
    authorId: column('authorId'),
    isShared: { where: (values) => ({ OR: values.map((value) => ({ isShared: value })) }) },
  },
}

/** A plan depends on who asks, the action and the kind alone, so that for a moment it can be used again. */
const keptMs = 2000
const keptPlans = 2000
const plans = new WeakMap<DecisionPoint, Map<string, { until: number; plan: Promise<Plan> }>>()

/**
 * Which rows of a kind the actor may see or do something to. Answers are kept for two seconds for the same principal with the
 * same role, teams and scopes; a question without an answer is asked again.
 * @throws AppError `upstream_failed` when there is no usable answer within `DECISION_TIMEOUT_MS`
 */
export function planQuery(asker: Asker, action: string, kind: string, pdp = decisionPoint()): Promise<Plan> {
  const known = plans.get(pdp) ?? new Map<string, { until: number; plan: Promise<Plan> }>()
  plans.set(pdp, known)
  const key = JSON.stringify([principalOf(asker), action, kind])
  const found = known.get(key)
  if (found && found.until > Date.now()) return found.plan
  const plan = askPlan(asker, action, kind, pdp)
  known.delete(key)
  known.set(key, { until: Date.now() + keptMs, plan })
  const oldest = known.size > keptPlans ? known.keys().next().value : undefined
  if (oldest !== undefined) known.delete(oldest)
  plan.catch(() => {
    if (known.get(key)?.plan === plan) known.delete(key)
  })
  return plan
}

async function askPlan(asker: Asker, action: string, kind: string, pdp: DecisionPoint): Promise<Plan> {
  const answer = await pdp.plan(principalOf(asker), action, kind)
  const decisionId = answer.cerbosCallId
  if (answer.kind === PlanKind.ALWAYS_ALLOWED)
    return { kind: 'always', where: {}, sql: () => Prisma.sql`true`, decisionId }
  if (answer.kind === PlanKind.ALWAYS_DENIED)
    return { kind: 'never', where: {}, sql: () => Prisma.sql`false`, decisionId }
  if (answer.kind !== PlanKind.CONDITIONAL) throw noDecision(new Error('the answer holds no plan'))
  return conditional(rowConditionOf(answer.condition), mappings[kind] ?? {}, decisionId)
}

function conditional(condition: RowCondition, mapping: AttributeMappings, decisionId: string): Plan {
  const where = whereOf(condition, mapping)
  return { kind: 'where', where, sql: () => sqlPredicateOf(condition, mapping), decisionId }
}
