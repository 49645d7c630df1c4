import { randomUUID } from 'node:crypto'
import { Effect } from '@cerbos/core'
import { decisionPoint } from '@/lib/platform/authz/client'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { countGiven, type Expanded, explainReason, maskSecrets, weightOf } from '../rules'
import type { Answer, Asked, Question, Semantic } from '../schema'
import { type MappedGroup, type MappedQuestion, mapQuestions } from './map-questions'
import { policyHash } from './read-policy-hash'
import { recordDecisions } from './record-decisions'
import type { Caller } from './resolve-caller'
import { type ResolvedContext, resolveContext } from './resolve-context'
import type { DecisionRow } from './store-log'

/** For how long an answer may be used again, in milliseconds: what changes is seen within a second, wherever it was kept. */
const validMs = 800
/** In milliseconds from the question's arrival: past it the answer is no. */
export const deadlineMs = 900
/** The decision point refuses more resources in one call. */
const perCall = 50
/** Calls to it at once for one batch. */
const atOnce = 8

export interface Asking {
  caller: Caller
  requestId: string
  asked: Asked
  /** `performance.now()` at the question's arrival. */
  began: number
}

/** A verdict, with what it was made from. */
export interface Verdict {
  isAllowed: boolean
  reason: string
  rule: string | null
  identityId?: string | null
  facts?: Record<string, unknown>
}

const refused = (reason: string): Verdict => ({ isAllowed: false, reason, rule: null })

/**
 * Answers questions and logs every answer that is given: with a semantic that stops, those behind the settling one are not. Never throws
 * for what makes an answer a no.
 */
export async function decideAccess(
  asking: Asking,
  expanded: readonly Expanded[],
  semantic: Semantic = 'execute_all',
): Promise<Answer[]> {
  const verdicts = await judgeAll(asking, expanded)
  const at = new Date()
  const latencyUs = Math.round((performance.now() - asking.began) * 1000)
  const validUntil = new Date(at.getTime() + validMs).toISOString()
  const rows: DecisionRow[] = []
  const answers = expanded.map((each, index) => {
    const verdict = verdicts[index] ?? refused('context_unavailable')
    const row = rowOf(asking, each.question, verdict, { at, latencyUs })
    rows.push(row)
    return answerOf(row.id, verdict, validUntil, each.error)
  })
  const given = countGiven(answers, semantic)
  recordDecisions(rows.slice(0, given))
  return answers.slice(0, given)
}

function answerOf(id: string, { isAllowed, reason }: Verdict, validUntil: string, error?: string): Answer {
  if (error !== undefined) return { decision: false, context: { id, reason, error: { status: 400, message: error } } }
  if (isAllowed) return { decision: true, context: { id, reason, valid_until: validUntil } }
  const { because } = explainReason(reason)
  const problem = reason === 'not_about_itself' ? { error: { status: 403, message: because } } : {}
  return {
    decision: false,
    context: { id, reason, reason_admin: { en: because }, valid_until: validUntil, ...problem },
  }
}

/** One verdict for each question, in their order; nothing is logged. */
export async function judgeAll(
  { caller, began }: Omit<Asking, 'asked' | 'requestId'>,
  expanded: readonly Expanded[],
): Promise<Verdict[]> {
  const verdicts: (Verdict | undefined)[] = expanded.map(({ question }) => {
    if (!question) return refused('invalid_evaluation')
    if (caller.isUndecided) return refused('decision_point_unavailable')
    return caller.mayAskAny || caller.selves.includes(question.subject.id) ? undefined : refused('not_about_itself')
  })
  const open = expanded.flatMap(({ question }, index) => (question && !verdicts[index] ? [{ question, index }] : []))
  if (open.length === 0) return verdicts as Verdict[]
  try {
    const context = await resolveContext(
      caller.tenant,
      open.map(({ question }) => question),
    )
    await judgeOpen(context, open, verdicts, began)
  } catch (error) {
    log.error(
      { reason: String(error).slice(0, 300), org: caller.tenant.orgId },
      'the context of a decision could not be read',
    )
    for (const { index } of open) verdicts[index] ??= refused('context_unavailable')
  }
  return verdicts.map((verdict) => verdict ?? refused('decision_point_unavailable'))
}

type Open = { question: Question; index: number }
type Group = MappedGroup<Open>

async function judgeOpen(
  context: ResolvedContext,
  open: readonly Open[],
  verdicts: (Verdict | undefined)[],
  began: number,
): Promise<void> {
  const groups = mapQuestions(context, open)
  if (context.denying.length > 0) {
    for (const { of } of groups) for (const each of of) verdicts[each.of.index] = noOf('source_absent', each)
    return
  }
  const calls: Group[] = groups.flatMap(({ principal, of }) =>
    Array.from({ length: Math.ceil(of.length / perCall) }, (_, at) => ({
      principal,
      of: of.slice(at * perCall, (at + 1) * perCall),
    })),
  )
  for (let from = 0; from < calls.length; from += atOnce)
    await Promise.all(calls.slice(from, from + atOnce).map((call) => askPolicy(call, verdicts, began)))
}

const noOf = (reason: string, { facts, identityId }: MappedQuestion): Verdict => ({
  ...refused(reason),
  facts,
  identityId,
})

async function askPolicy({ principal, of }: Group, verdicts: (Verdict | undefined)[], began: number): Promise<void> {
  const left = Math.floor(deadlineMs - (performance.now() - began))
  const answers = left < 10 ? undefined : await askEngine(principal, of, left)
  of.forEach((each, at) => {
    const result = answers?.results[at]
    const { check, action, facts, identityId } = each
    const isSame = result?.resource.kind === check.resource.kind && result.resource.id === check.resource.id
    const effect = isSame ? result.actions[action] : undefined
    verdicts[each.of.index] =
      effect === Effect.ALLOW || effect === Effect.DENY
        ? { ...verdictOf(effect === Effect.ALLOW, result?.outputs ?? []), facts, identityId }
        : noOf('decision_point_unavailable', each)
  })
}

/** The engine's answers; undefined when there are none in time. */
async function askEngine(principal: Group['principal'], of: Group['of'], withinMs: number) {
  try {
    return await decisionPoint().check(
      principal,
      of.map(({ check }) => check),
      withinMs,
    )
  } catch (error) {
    if (isAppError(error)) return undefined
    throw error
  }
}

/** Rules say why: `"allow:<reason>"` those that allow, `"<reason>"` those that deny. */
function verdictOf(isAllowed: boolean, outputs: readonly { source: string; value?: unknown }[]): Verdict {
  const said = outputs.flatMap(({ source, value }) => (typeof value === 'string' ? [{ source, value }] : []))
  const fitting = said
    .filter(({ value }) => value.startsWith('allow:') === isAllowed)
    .sort((a, b) => weightOf(a.value) - weightOf(b.value))[0]
  if (fitting)
    return { isAllowed, reason: fitting.value.replace(/^allow:/, '').slice(0, 100), rule: fitting.source.slice(0, 200) }
  return { isAllowed, reason: isAllowed ? 'allowed' : 'no_rule', rule: null }
}

export function rowOf(
  { caller, requestId, asked }: Asking,
  question: Partial<Pick<Question, 'subject' | 'action' | 'resource'>> | undefined,
  verdict: Verdict,
  { at, latencyUs, found = null }: { at: Date; latencyUs: number; found?: number | null },
): DecisionRow {
  const clean = (text: string) => maskSecrets(text) as string
  return {
    ...{ orgId: caller.tenant.orgId, at, id: randomUUID(), asked, requestId },
    ...{ callerKey: `api_key:${caller.actor.id}`, callerLabel: clean(caller.actor.name) },
    subjectType: clean(question?.subject?.type ?? ''),
    subjectId: question?.subject ? clean(question.subject.id) : null,
    identityId: verdict.identityId ?? null,
    action: question?.action ? clean(question.action.name) : null,
    resourceType: question?.resource ? clean(question.resource.type) : null,
    resourceId: question?.resource ? clean(question.resource.id) : null,
    ...{ isAllowed: verdict.isAllowed, reason: verdict.reason, rule: verdict.rule, policyHash: policyHash(), found },
    facts: JSON.stringify(maskSecrets(verdict.facts ?? {})),
    latencyUs,
  }
}
