import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '@/lib/platform/errors'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { type Expanded, identityTypes, isOfType, policyOf } from '../rules'
import { type ActionSearch, maxPage, type Question, type ResourceSearch, type SubjectSearch } from '../schema'
import { type Asking, judgeAll, rowOf } from './decide-access'
import { recordDecisions } from './record-decisions'
import { listCandidates, readTold } from './store'

/** Candidates that are judged at once. */
const step = 100
/** As long as one request looks on, in milliseconds; what is found by then is a page. */
const patienceMs = 600

export interface Found<T> {
  results: T[]
  page: { next_token: string; count: number }
}

type Input = Pick<Partial<Question>, 'subject' | 'action' | 'resource' | 'context'>

/** Everybody of a type who may do this to that. @throws AppError `forbidden` for a key that may ask about itself only */
export async function searchSubjects(
  asking: Asking,
  search: SubjectSearch,
): Promise<Found<{ type: string; id: string }>> {
  const { subject, action, resource, context } = search
  const { type } = subject
  const told = await readTold(asking.caller.tenant, type)
  const kinds = type === 'identity' ? null : identityTypes.filter((kind) => isOfType(type, kind) || kind === type)
  const side = type === 'user' ? ('membership' as const) : ('identity' as const)
  const of = { side, kinds, toldType: told.hasEntities ? type : null }
  const known = told.hasEntities || type === 'user' || (identityTypes as readonly string[]).includes(type)
  return searchAll(
    asking,
    search,
    known ? of : null,
    (id) => ({ subject: { ...subject, id }, action, resource, context }),
    {
      ...{ action, resource },
      subject: { type, id: '*' },
    },
  )
}

/** Everything of a type to which the subject may do this. */
export async function searchResources(
  asking: Asking,
  search: ResourceSearch,
): Promise<Found<{ type: string; id: string }>> {
  const { subject, action, resource, context } = search
  const { type } = resource
  const told = await readTold(asking.caller.tenant, type)
  const kinds = type === 'resource' ? null : [type]
  const of = { side: 'resource' as const, kinds, toldType: told.hasEntities ? type : null }
  return searchAll(asking, search, of, (id) => ({ subject, action, resource: { ...resource, id }, context }), {
    ...{ subject, action },
    resource: { type, id: '*' },
  })
}

/** What the subject may do to the resource. Few enough for one page. */
export async function searchActions(asking: Asking, search: ActionSearch): Promise<Found<{ name: string }>> {
  const { subject, resource, context } = search
  demandReach(asking, subject.id)
  const told = await readTold(asking.caller.tenant, resource.type)
  const { actions } = policyOf(resource.type, new Map(told.actions ? [[resource.type, told.actions]] : []))
  const list = listName(asking, search)
  const after = search.page?.token ? decodeCursor(list, search.page.token, Position)[0] : ''
  const first = after === '' ? 0 : actions.indexOf(after) + 1
  const limit = limitOf(search.page?.limit)
  const left = actions.slice(first)
  const verdicts = await judgeAll(
    asking,
    left.map((name) => ({ question: { subject, action: { name }, resource, context } })),
  )
  demandAnswers(verdicts)
  const allowed = left.filter((_name, at) => verdicts[at]?.isAllowed)
  const results = allowed.slice(0, limit)
  const hasMore = allowed.length > results.length
  logSearch(asking, { subject, resource }, results.length)
  return pageOf(
    results.map((name) => ({ name })),
    hasMore ? encodeCursor(list, [results.at(-1) ?? '']) : '',
  )
}

const Position = z.tuple([z.string()])

async function searchAll(
  asking: Asking,
  search: { page?: { token?: string | undefined; limit?: number | undefined } | undefined },
  of: Parameters<typeof listCandidates>[1] | null,
  ask: (id: string) => Question,
  logged: Input,
): Promise<Found<{ type: string; id: string }>> {
  // A search over subjects is about everybody; one over resources about its subject.
  demandReach(asking, logged.subject?.id ?? '*')
  const list = listName(asking, search)
  const limit = limitOf(search.page?.limit)
  let after = search.page?.token ? decodeCursor(list, search.page.token, Position)[0] : ''
  const results: { type: string; id: string }[] = []
  let isOver = of === null
  const searched = asking.asked === 'search_subject' ? 'subject' : 'resource'
  while (of && !isOver && results.length < limit && performance.now() - asking.began < patienceMs) {
    const candidates = await listCandidates(asking.caller.tenant, of, after, step)
    const questions: Expanded[] = candidates.map(({ id }) => ({ question: ask(id) }))
    const verdicts = await judgeAll(asking, questions)
    demandAnswers(verdicts)
    isOver = candidates.length < step
    for (const [at, candidate] of candidates.entries()) {
      if (results.length === limit) {
        isOver = false
        break
      }
      after = candidate.position
      if (verdicts[at]?.isAllowed) results.push({ type: ask(candidate.id)[searched].type, id: candidate.id })
    }
  }
  logSearch(asking, logged, results.length)
  return pageOf(results, isOver ? '' : encodeCursor(list, [after]))
}

const pageOf = <T>(results: T[], next_token: string): Found<T> => ({
  results,
  page: { next_token, count: results.length },
})
const limitOf = (limit: number | undefined) => Math.min(maxPage, limit === undefined || limit === 0 ? 100 : limit)

/** A token continues the very search that it came from: who asked what, all of it. */
function listName({ caller, asked }: Asking, { page: _page, ...search }: { page?: unknown }): string {
  const digest = createHash('sha256').update(JSON.stringify(search)).digest('base64url')
  return `${asked}:${caller.tenant.orgId}:${caller.actor.id}:${digest}`
}

function demandReach({ caller }: Asking, subjectId: string): void {
  if (caller.mayAskAny || caller.isUndecided || caller.selves.includes(subjectId)) return
  throw new AppError(
    'forbidden',
    'This caller may ask about itself only: an API key needs the scope decisions:ask_any, a client to be allowed it.',
  )
}

/** A list with holes would look like a list of refusals. @throws AppError `upstream_failed` */
function demandAnswers(verdicts: readonly { reason: string }[]): void {
  const silent = ['decision_point_unavailable', 'context_unavailable', 'source_absent', 'policy_version_absent']
  if (!verdicts.some(({ reason }) => silent.includes(reason))) return
  throw new AppError('upstream_failed', 'What the search needs could not be read in time. Try again.', {
    retryAfterSeconds: 1,
  })
}

function logSearch(asking: Asking, question: Input, found: number): void {
  const latencyUs = Math.round((performance.now() - asking.began) * 1000)
  const verdict = { isAllowed: true, reason: 'searched', rule: null, facts: { context: question.context ?? {} } }
  recordDecisions([rowOf(asking, question as Partial<Question>, verdict, { at: new Date(), latencyUs, found })])
}
