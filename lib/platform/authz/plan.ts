import { type MapperConfig, PlanKind, queryPlanToPrisma } from '@cerbos/orm-prisma'
import { decisionPoint, noDecision } from './client'
import { type Asker, principalOf } from './principal'

export type Plan =
  | { kind: 'always' | 'never'; where: Record<string, never>; decisionId: string }
  | { kind: 'where'; where: Record<string, unknown>; decisionId: string }

interface Mapping {
  /** From policy attribute to column or relation of the kind's Prisma model. */
  mapper: Record<string, MapperConfig>
  /** The relation under which the mapped columns are found, when they are those of a parent row. */
  within?: string
}

/** Ownership that a person stated, confirmed or not yet: whoever was assigned must see what to confirm. A suggestion gives no access. */
const ownerKeys: Mapping['mapper'] = {
  'request.resource.attr.ownerKeys': {
    relation: {
      name: 'ownerships',
      type: 'many',
      field: 'ownerKey',
      subqueryFilter: { state: { in: ['assigned', 'confirmed'] } },
    },
  },
}

/**
 * How the attributes that policies read are found in the tables. A policy that reads an attribute that is not listed
 * here cannot be turned into a query and the list is refused, never shown whole.
 */
const mappings: Record<string, Mapping> = {
  identity: { mapper: ownerKeys },
  credential: { mapper: ownerKeys, within: 'identity' },
  session: { mapper: { 'request.resource.attr.userId': { field: 'userId' } } },
  api_key: {
    mapper: { 'request.resource.attr.ownerId': { relation: { name: 'owner', type: 'one', field: 'userId' } } },
  },
  import: { mapper: { 'request.resource.attr.createdBy': { field: 'createdBy' } } },
}

/**
 * Which rows of a kind the actor may see or do something to, as a Prisma `where` of that kind's model.
 * @throws AppError `upstream_failed` when there is no usable answer within `DECISION_TIMEOUT_MS`
 */
export async function planQuery(asker: Asker, action: string, kind: string, pdp = decisionPoint()): Promise<Plan> {
  const queryPlan = await pdp.plan(principalOf(asker), action, kind)
  const decisionId = queryPlan.cerbosCallId
  if (queryPlan.kind === PlanKind.ALWAYS_ALLOWED) return { kind: 'always', where: {}, decisionId }
  if (queryPlan.kind === PlanKind.ALWAYS_DENIED) return { kind: 'never', where: {}, decisionId }
  if (queryPlan.kind !== PlanKind.CONDITIONAL) throw noDecision(new Error('the answer holds no plan'))
  const mapping = mappings[kind]
  const translated = queryPlanToPrisma({ queryPlan, mapper: strict(mapping) })
  if (translated.kind !== PlanKind.CONDITIONAL) {
    return { kind: translated.kind === PlanKind.ALWAYS_ALLOWED ? 'always' : 'never', where: {}, decisionId }
  }
  const where = mapping?.within ? { [mapping.within]: { is: translated.filters } } : translated.filters
  return { kind: 'where', where, decisionId }
}

/** Without this an attribute that nobody mapped would be taken for a column of that name. */
function strict(mapping: Mapping | undefined) {
  return (attribute: string): MapperConfig => {
    const known = mapping?.mapper[attribute]
    if (known) return known
    throw new Error(`policies read ${attribute}, which has no mapping in lib/platform/authz/plan.ts`)
  }
}
