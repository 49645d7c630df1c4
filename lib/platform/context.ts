import type { AuditChange, AuditDraft } from './audit/append'
import { checkAction, checkMany, type Decision } from './authz/check'
import { findMissing } from './authz/missing'
import { type Plan, planQuery } from './authz/plan'
import { type Reader, type RunQuery, readerFor, readsFor } from './db/client'
import { type BulkTx, runBulk, runInLane, runPart, type Tx } from './db/commit'
import { Prisma } from './db/generated/client'
import { type Permit, permitFor } from './db/permit'
import type { Tenant } from './db/tenant'
import { AppError, isAppError, type Missing } from './errors'

export const roles = ['admin', 'security', 'reviewer', 'auditor', 'member'] as const
export type Role = (typeof roles)[number]

export type Actor =
  | {
      kind: 'user'
      id: string
      name: string
      email: string
      role: Role
      /** Beside their own, for a time. */
      grantedRoles?: Role[]
      /** The use of break-glass that they are in the middle of: every event of theirs names it. */
      breakGlassId?: string | null
      teamIds: string[]
      sessionId: string
    }
  | { kind: 'api_key'; id: string; name: string; ownerId: string; role: Role; teamIds: string[]; scopes: string[] }
  | { kind: 'job'; id: string; name: string }

export const resourceKinds = [
  'organization',
  'member',
  'team',
  'invitation',
  'session',
  'api_key',
  'identity',
  'credential',
  'ownership_task',
  'owner_change',
  'source',
  'sensitivity_rule',
  'crown_jewel',
  'import',
  'connection',
  'lifecycle_order',
  'lifecycle_run',
  'lifecycle_setting',
  'drill_plan',
  'rotation_policy',
  'review_template',
  'review_campaign',
  'review_item',
  'access_grant',
  'standing_access',
  'break_glass',
  'incident',
  'audit_event',
  'view',
  'notification',
  'mail_setting',
  'decision',
  'policy_version',
] as const
export type ResourceKind = (typeof resourceKinds)[number]

/** What an action is aimed at, with the attributes that policies read. */
export interface Target {
  kind: ResourceKind
  id: string
  /** How people know it; stands in the audit trail after the row is gone. */
  label: string
  attr: Record<string, unknown>
}

export interface RequestInfo {
  id: string
  ip?: string | undefined
}

/** What the audit trail says of a change: known beforehand, or told from the write's result. */
export type Change<T> = AuditChange | ((result: T) => AuditChange)

/** Everything that a use case may use: who asks, whose data it is, what is allowed, and the only way to write. */
export interface Context {
  readonly actor: Actor
  readonly tenant: Tenant
  readonly request: RequestInfo
  readonly db: Reader
  /** One reading statement over the organization's rows, for lists: values are parameters, never text. */
  readonly sql: RunQuery
  /** Asks the decision point. Throws `forbidden` when denied and `upstream_failed` when it does not answer. */
  authorize: (action: string, target: Target) => Promise<Permit>
  /** What the actor may do to each target, for the `can` of a response; all false when the decision point is down. */
  can: (actions: readonly string[], targets: readonly Target[]) => Promise<Record<string, boolean>[]>
  /**
   * The rows of a kind that the actor may see, as a Prisma `where`, and as a predicate on the row `l` of the kind's list (null:
   * all of them). Throws `forbidden` when there can be none.
   */
  plan: (
    action: string,
    kind: ResourceKind,
  ) => Promise<{ permit: Permit; where: Record<string, unknown>; rows: Prisma.Sql | null }>
  /** For the `can` of each row of a list: a predicate for each action, all false when the decision point is down. */
  rights: <Action extends string>(actions: readonly Action[], kind: ResourceKind) => Promise<Record<Action, Prisma.Sql>>
  /** Runs a write and appends its audit event in one transaction; commits of one organization share transactions under load. */
  commit: <T>(permit: Permit, change: Change<T>, write: (tx: Tx) => Promise<T>) => Promise<T>
  /** The same on one plain connection of its own, for COPY and set-wise SQL. */
  commitBulk: <T>(permit: Permit, change: Change<T>, write: (bulk: BulkTx) => Promise<T>) => Promise<T>
  /**
   * One batch of a run whose request is in the audit trail already and whose end will be. For runs of the worker alone: nothing
   * else may write without an event.
   */
  commitPart: <T>(permit: Permit, write: (bulk: BulkTx) => Promise<T>) => Promise<T>
}

function refuse(
  action: string,
  target: { kind: string; label: string },
  decision: Decision,
  missing?: Missing,
): AppError {
  return new AppError('forbidden', 'Your role does not allow this. Ask an administrator of the organization.', {
    detail: `denied ${action} on ${target.kind} ${target.label}, decision ${decision.decisionId}`,
    missing,
  })
}

function auditActor(actor: Actor) {
  return { kind: actor.kind, id: actor.id, label: actor.name }
}

/** What somebody does while they use break-glass says so in the audit trail, whatever it is. */
function marked(actor: Actor, change: AuditChange): AuditChange {
  const breakGlass = actor.kind === 'user' ? actor.breakGlassId : undefined
  if (!breakGlass) return change
  const { after } = change
  if (after === undefined || after === null) return { ...change, after: { breakGlass } }
  return typeof after === 'object' && !Array.isArray(after) ? { ...change, after: { ...after, breakGlass } } : change
}

/** Without a decision nothing is offered; the action itself would be refused too. */
function noPlan(error: unknown): Plan | undefined {
  if (isAppError(error)) return undefined
  throw error
}

/** Makes the context of one request or job. The tenant must be the actor's own (`platform/auth`) or the job's. */
export function makeContext(actor: Actor, tenant: Tenant, request: RequestInfo): Context {
  const draft =
    <T>(permit: Permit, change: Change<T>) =>
    (result: T): AuditDraft => ({
      ...marked(actor, typeof change === 'function' ? change(result) : change),
      actor: auditActor(actor),
      decisionId: permit.decisionId,
      requestId: request.id,
    })
  return {
    actor,
    tenant,
    request,
    db: readerFor(tenant),
    sql: readsFor(tenant),
    async authorize(action, target) {
      const decision = await checkAction(actor, action, target)
      if (!decision.allowed) throw refuse(action, target, decision, await findMissing(actor, action, target))
      return permitFor(tenant, action, target, decision.decisionId)
    },
    can: (actions, targets) => checkMany(actor, actions, targets),
    async plan(action, kind) {
      const plan = await planQuery(actor, action, kind)
      if (plan.kind === 'never') {
        const aim = { kind, id: '*', attr: {} }
        throw refuse(
          action,
          { kind, label: 'any' },
          { allowed: false, decisionId: plan.decisionId },
          await findMissing(actor, action, aim),
        )
      }
      return {
        permit: permitFor(tenant, action, { kind, id: '*', label: `every ${kind}` }, plan.decisionId),
        where: plan.kind === 'where' ? plan.where : {},
        // Only when asked for: kinds that have no list in SQL have no predicate either.
        get rows() {
          return plan.kind === 'where' ? plan.sql() : null
        },
      }
    },
    async rights(actions, kind) {
      const plans = await Promise.all(actions.map((action) => planQuery(actor, action, kind).catch(noPlan)))
      const predicates = actions.map((action, index) => [action, plans[index]?.sql() ?? Prisma.sql`false`] as const)
      return Object.fromEntries(predicates) as Record<(typeof actions)[number], Prisma.Sql>
    },
    commit: (permit, change, write) => runInLane(tenant, permit, draft(permit, change), write),
    commitBulk: (permit, change, write) => runBulk(tenant, permit, draft(permit, change), write),
    commitPart: (permit, write) => runPart(tenant, permit, write),
  }
}
