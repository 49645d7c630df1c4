import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { countList, readCounts } from '@/lib/platform/db/list/list-rows'
import { totalOf } from '@/lib/platform/db/list/matching'
import { CredentialFilter, IdentityFilter, overviewQuestions, type Question } from '../filters'
import type { Overview } from '../schema'
import { credentialScope } from './list-credentials'
import { identityScope, listFacets } from './list-identities'
import { credentialListQuery } from './resolve-credential-filter'
import { identityListQuery } from './resolve-identity-filter'
import { findAgePolicy } from './store'

/**
 * The organization's identities at a glance, as far as the caller may see them. Every number is the total of a list with
 * the filter that stands beside it, counted by the same conditions.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function getOverview(ctx: Context): Promise<Overview> {
  const now = new Date()
  const [identities, credentials, policy] = await Promise.all([
    identityScope(ctx, {}, now),
    credentialScope(ctx, {}, now),
    findAgePolicy(ctx),
  ])
  const count = ({ list, filter }: Question) =>
    list === 'identities'
      ? countList({ ...identities, query: identityListQuery(filter, now, [], identities.query.permitted) })
      : countList({ ...credentials, query: credentialListQuery(filter, now, credentials.query.permitted) })
  const questions = overviewQuestions(policy)
  const everything = readCounts(identities)
  const [all, facets, credentialTotal, ...counts] = await Promise.all([
    everything,
    listFacets(ctx, identities, everything),
    countList(credentials),
    ...questions.map(count),
  ])
  const { kind, environment, owner, privilege } = facets
  return {
    identityTotal: totalOf(identities.query, all.matching, all.others),
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
