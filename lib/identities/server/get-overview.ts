import { z } from 'zod'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { CredentialFilter, IdentityFilter, overviewQuestions, type Question } from '../filters'
import type { Overview } from '../schema'
import { countFacets } from './list-identities'
import { allOfCredential, credentialConditions } from './resolve-credential-filter'
import { allOf, identityConditions } from './resolve-identity-filter'
import { countCredentials, countIdentities, findAgePolicy } from './store'

/**
 * The organization's identities at a glance, as far as the caller may see them. Every number is the total of a list with
 * the filter that stands beside it, counted by the same conditions.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function getOverview(ctx: Context): Promise<Overview> {
  const now = new Date()
  const ownerKeys = ownerKeysOf(ctx.actor)
  const [identities, credentials, policy] = await Promise.all([
    ctx.plan('list', 'identity'),
    ctx.plan('list', 'credential'),
    findAgePolicy(ctx),
  ])
  const count = (question: Question) =>
    question.list === 'identities'
      ? countIdentities(ctx.db, allOf(identityConditions(question.filter, now, ownerKeys), identities.where))
      : countCredentials(ctx.db, allOfCredential(credentialConditions(question.filter, now), credentials.where))
  const questions = overviewQuestions(policy)
  const everything = identityConditions({}, now, ownerKeys)
  const [facets, identityTotal, credentialTotal, ...counts] = await Promise.all([
    countFacets(ctx, everything, identities.where),
    count({ id: 'all', list: 'identities', filter: {} }),
    count({ id: 'all', list: 'credentials', filter: {} }),
    ...questions.map(count),
  ])
  const { kind, environment, owner, privilege } = facets
  return {
    identityTotal,
    credentialTotal,
    kind,
    environment,
    owner,
    privilege,
    questions: questions.map((question, index) => ({
      id: question.id,
      list: question.list,
      query: queryOf(question),
      count: counts[index] ?? 0,
    })),
    policy,
    asOf: now.toISOString(),
  }
}

/** A filter as the parameters of an address. */
function queryOf(question: Question): Record<string, string> {
  const encoded: Record<string, unknown> =
    question.list === 'identities'
      ? z.encode(IdentityFilter, question.filter)
      : z.encode(CredentialFilter, question.filter)
  return Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name, String(value)]))
}
