import type { Principal, Value } from '@cerbos/core'
import type { ResourceCheck } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import { type ActiveGrant, ticketOf } from '../rules'
import type { Question } from '../schema'
import { type ResolvedContext, resolveContext } from './resolve-context'

/** One question in the words of the policies. */
export interface MappedQuestion {
  check: ResourceCheck
  action: string
  /** What the policy sees, for the log. */
  facts: Record<string, unknown>
  identityId: string | null
  granteeId: string | null
  /** What the policy sees of grants; bounds for how long a yes may be used again. */
  grant: ActiveGrant | null
  /** A grant for so many times that would cover it: it counts only where its use is taken. */
  toTake: ActiveGrant | null
}

/** Questions of one subject in one context, which are one call. */
export interface MappedGroup<T> {
  principal: Principal
  of: (MappedQuestion & { of: T })[]
}

/** Puts questions together by who asks in which context (an incident may reach one thing and not another), and adds what is known of each. */
export function mapQuestions<T extends { question: Question }>(
  context: ResolvedContext,
  asked: readonly T[],
  { isTaking = false } = {},
): MappedGroup<T>[] {
  const time = new Date().toISOString()
  const groups = new Map<string, MappedGroup<T>>()
  for (const each of asked) {
    const { subject, action, resource, context: given = {} } = each.question
    const who = context.subject(subject)
    const { role, live, entity, sources, identityId, granteeId } = who
    const { lasting, limited } = context.granted(subject, action.name, resource)
    const grant = lasting ?? (isTaking ? limited : null)
    const what = context.resource(resource)
    const incident = context.incident(resource)
    const ticketState = context.ticketState(ticketOf(given))
    const moment = { time, incident, ticketState, sources: context.sources, given }
    const chain = context.chain(each.question)
    const facts = {
      subject: { properties: subject.properties ?? {}, live, entity, sources, role },
      action: action.properties ?? {},
      resource: {
        properties: resource.properties ?? {},
        ...what,
        held: context.held(subject, resource),
        ...seenOf(grant),
        ...(chain.length > 0 ? { chain } : {}),
      },
      context: moment,
    }
    const key = JSON.stringify([subject, given, incident])
    const attr = { type: subject.type, ...facts.subject, context: moment }
    const principal = { id: subject.id, roles: [role], attr: attr as unknown as Record<string, Value> }
    const group: MappedGroup<T> = groups.get(key) ?? { principal, of: [] }
    groups.set(key, group)
    const { policy } = context.policyOf(resource.type)
    const seen = { type: resource.type, ...facts.resource, action: facts.action } as unknown as Record<string, Value>
    group.of.push({
      ...{ of: each, facts, action: action.name, identityId, granteeId, grant, toTake: lasting ? null : limited },
      check: {
        resource: { kind: policy, id: resource.id, policyVersion: 'runtime', attr: seen },
        actions: [action.name],
      },
    })
  }
  return [...groups.values()]
}

/** A grant as the policy and the log see it. */
const seenOf = (grant: ActiveGrant | null) =>
  grant === null ? {} : { grant: { id: grant.id, endsAt: grant.endsAt, usesLeft: grant.usesLeft } }

/** What the policy engine is asked for these questions, and nothing else: for measuring it alone. */
export async function mapForEngine(
  tenant: Tenant,
  questions: readonly Question[],
): Promise<{ principal: Principal; check: ResourceCheck }[]> {
  const groups = mapQuestions(
    await resolveContext(tenant, questions),
    questions.map((question) => ({ question })),
  )
  return groups.flatMap(({ principal, of }) => of.map(({ check }) => ({ principal, check })))
}
