import type { Principal, Value } from '@cerbos/core'
import type { ResourceCheck } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import type { Question } from '../schema'
import { type ResolvedContext, resolveContext } from './resolve-context'

/** One question in the words of the policies. */
export interface MappedQuestion {
  check: ResourceCheck
  action: string
  /** What the policy sees, for the log. */
  facts: Record<string, unknown>
  identityId: string | null
}

/** Questions of one subject in one context, which are one call. */
export interface MappedGroup<T> {
  principal: Principal
  of: (MappedQuestion & { of: T })[]
}

/** Puts questions together by who asks in which context, and adds what is known of each. */
export function mapQuestions<T extends { question: Question }>(
  context: ResolvedContext,
  asked: readonly T[],
): MappedGroup<T>[] {
  const time = new Date().toISOString()
  const groups = new Map<string, MappedGroup<T>>()
  for (const each of asked) {
    const { subject, action, resource, context: given = {} } = each.question
    const who = context.subject(subject)
    const { role, live, entity, sources } = who
    const what = context.resource(resource)
    const moment = { time, incident: 'unknown', sources: context.sources, given }
    const facts = {
      subject: { properties: subject.properties ?? {}, live, entity, sources, role },
      action: action.properties ?? {},
      resource: { properties: resource.properties ?? {}, ...what, held: context.held(subject, resource) },
      context: moment,
    }
    const key = JSON.stringify([subject, given])
    const attr = { type: subject.type, ...facts.subject, context: moment }
    const principal = { id: subject.id, roles: [role], attr: attr as unknown as Record<string, Value> }
    const group: MappedGroup<T> = groups.get(key) ?? { principal, of: [] }
    groups.set(key, group)
    const { policy } = context.policyOf(resource.type)
    const seen = { type: resource.type, ...facts.resource, action: facts.action } as unknown as Record<string, Value>
    group.of.push({
      ...{ of: each, facts, action: action.name, identityId: who.identityId },
      check: {
        resource: { kind: policy, id: resource.id, policyVersion: 'runtime', attr: seen },
        actions: [action.name],
      },
    })
  }
  return [...groups.values()]
}

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
