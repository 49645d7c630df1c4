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
import { findAgePolicy, findExceptedRules } from './store'

/**
 * The organization's identities at a glance, as far as the caller may see them. Every number is the total of a list with
 * the filter that stands beside it, counted by the same conditions. Who is excepted from the rule that a question is about is
 * told beside it and not counted in it.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function getOverview(ctx: Context): Promise<Overview> {
  const now = new Date()
  const [identities, credentials, policy, exceptedRules] = await Promise.all([
    identityScope(ctx, {}, now),
    credentialScope(ctx, {}, now),
    findAgePolicy(ctx),
    findExceptedRules(ctx, now),
  ])
  const count = ({ list, filter }: Question) =>
    list === 'identities'
      ? countList({ ...identities, query: identityListQuery(filter, now, [], identities.query.permitted) })
      : countList({ ...credentials, query: credentialListQuery(filter, now, credentials.query.permitted) })
  const answer = async (question: Question) => {
    const { id, list, rule } = question
    // Who is excepted is looked up, everybody is known from the ledger: both are fast, a count of those who are not would not be.
    const [all, excepted] = await Promise.all([
      count(question),
      rule && exceptedRules.has(rule) ? count(withRule(question, { excepted: [rule] })) : 0,
    ])
    const shown = rule && excepted > 0 ? withRule(question, { notExcepted: [rule] }) : question
    return { id, list, query: queryOf(shown), count: all - excepted, excepted }
  }
  const everything = readCounts(identities)
  const [all, facets, credentialTotal, ...questions] = await Promise.all([
    everything,
    listFacets(ctx, identities, everything),
    countList(credentials),
    ...overviewQuestions(policy).map(answer),
  ])
  const { kind, environment, owner, privilege } = facets
  return {
    identityTotal: totalOf(identities.query, all.matching, all.others),
    credentialTotal,
    kind,
    environment,
    owner,
    privilege,
    questions,
    policy,
    asOf: now.toISOString(),
  }
}

function withRule(question: Question, more: Pick<IdentityFilter, 'excepted' | 'notExcepted'>): Question {
  return question.list === 'identities'
    ? { ...question, filter: { ...question.filter, ...more } }
    : { ...question, filter: { ...question.filter, ...more } }
}

/** A filter as the parameters of an address. */
function queryOf(question: Question): Record<string, string> {
  const encoded: Record<string, unknown> =
    question.list === 'identities'
      ? z.encode(IdentityFilter, question.filter)
      : z.encode(CredentialFilter, question.filter)
  return Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name, String(value)]))
}
