import { randomUUID } from 'node:crypto'
import { Effect } from '@cerbos/core'
import { decisionPoint } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import { env } from '@/lib/platform/env'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { type AskedVersion, askVersion, effectiveHash } from '@/lib/policy-versions/server/decide-by-version'
import { recordShadow, type ShadowQuestion } from '@/lib/policy-versions/server/record-shadow'
import { type ActiveGrant, countGiven, type Expanded, explainReason, maskSecrets } from '../rules'
import type { Answer, Asked, Question, Semantic } from '../schema'
import { accessRequestOf, liftOf } from './map-denial'
import { type MappedGroup, type MappedQuestion, mapQuestions } from './map-questions'
import { policyHash } from './read-policy-hash'
import { recordDecisions } from './record-decisions'
import type { Caller } from './resolve-caller'
import { type ResolvedContext, resolveContext } from './resolve-context'
import { explainVerdict } from './resolve-verdict'
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
  /** The active grant that the policy saw. */
  grant?: ActiveGrant | null
  /** Of a denial that a grant would lift: the question, to ask for one. */
  asks?: MappedQuestion
  /** Of a denial: a grant that gives it where its use is taken. */
  toTake?: ActiveGrant
  /** What answered, where the organization has policies of its own. */
  policyVersion?: number | null
  policyHash?: string | null
  /** How it is put to a version that stands beside. */
  shadow?: Omit<ShadowQuestion, 'decisionId' | 'wasAllowed' | 'reasonWas'>
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
  const { orgId } = asking.caller.tenant
  const rows: DecisionRow[] = []
  const answers = expanded.map((each, index) => {
    const verdict = stillGranted(verdicts[index] ?? refused('context_unavailable'))
    const row = rowOf(asking, each.question, verdict, { at, latencyUs })
    rows.push(row)
    return answerOf(orgId, row, verdict, each.error)
  })
  const given = countGiven(answers, semantic)
  recordDecisions(rows.slice(0, given))
  for (const [at, { id }] of rows.slice(0, given).entries()) {
    const { shadow, isAllowed, reason } = verdicts[at] ?? {}
    if (shadow && isAllowed !== undefined && reason !== undefined)
      recordShadow(asking.caller.tenant, { ...shadow, decisionId: id, wasAllowed: isAllowed, reasonWas: reason })
  }
  return answers.slice(0, given)
}

/** A yes that rests on a grant is none when the grant came to its end while the answer was made. */
const stillGranted = (verdict: Verdict): Verdict =>
  verdict.isAllowed && verdict.grant && verdict.grant.until <= performance.now()
    ? { ...verdict, isAllowed: false, reason: 'grant_over', rule: null, grant: null }
    : verdict

/** The answer to a row of the log. It is valid for less than a second, never beyond the grant's end, and not at all where a use was taken. */
export function answerOf(orgId: string, { id, at }: DecisionRow, verdict: Verdict, error?: string): Answer {
  const { isAllowed, reason, grant, asks, toTake } = verdict
  if (error !== undefined) return { decision: false, context: { id, reason, error: { status: 400, message: error } } }
  const left = grant ? (grant.usesLeft === null ? Math.min(validMs, grant.until - performance.now()) : 0) : validMs
  const valid_until = new Date(at.getTime() + Math.max(0, Math.floor(left))).toISOString()
  if (isAllowed) {
    const given = grant ? { grant: { id: grant.id, ends_at: grant.endsAt } } : {}
    return { decision: true, context: { id, reason, valid_until, ...given } }
  }
  const { because } = explainReason(reason)
  const problem = reason === 'not_about_itself' ? { error: { status: 403, message: because } } : {}
  const evaluation = { evaluation_id: id, evaluated_at: at.toISOString() }
  return {
    decision: false,
    context: {
      ...{ id, reason, reason_admin: { en: because }, valid_until, ...problem },
      ...(toTake
        ? {
            execution: {
              endpoint: `${env().PUBLIC_URL}/access/v1/execution`,
              grant: toTake.id,
              uses_left: toTake.usesLeft,
            },
          }
        : asks
          ? { ...evaluation, access_request: accessRequestOf(orgId, id, at, asks) }
          : {}),
    },
  }
}

/**
 * One verdict for each question, in their order; nothing is logged.
 * @param isTaking a grant for so many times counts too: whoever asks so takes its use before a yes is given
 */
export async function judgeAll(
  { caller, began }: Omit<Asking, 'asked' | 'requestId'>,
  expanded: readonly Expanded[],
  { isTaking = false } = {},
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
    const groups = mapQuestions(context, open, { isTaking })
    await judgeOpen({ tenant: caller.tenant, context, groups }, verdicts, began)
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
  { tenant, context, groups }: { tenant: Tenant; context: ResolvedContext; groups: readonly Group[] },
  verdicts: (Verdict | undefined)[],
  began: number,
): Promise<void> {
  if (context.denying.length > 0) {
    for (const { of } of groups) for (const each of of) verdicts[each.of.index] = noOf('source_absent', each)
    return
  }
  const { policies } = context
  const own = policies?.activeId
    ? { id: policies.activeId, hash: policies.activeHash, kinds: policies.activeKinds }
    : null
  const isOwn = (each: MappedQuestion) => own?.kinds.includes(each.check.resource.kind) === true
  const calls = groups.flatMap(({ principal, of }) => [
    ...chunksOf(of.filter((each) => !isOwn(each))).map((chunk) => ({ principal, of: chunk, own: null })),
    ...chunksOf(of.filter(isOwn)).map((chunk) => ({ principal, of: chunk, own })),
  ])
  for (let from = 0; from < calls.length; from += atOnce)
    await Promise.all(
      calls.slice(from, from + atOnce).map((call) => askPolicy({ ...call, tenant, policies }, verdicts, began)),
    )
}

function chunksOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / perCall) }, (_, at) => all.slice(at * perCall, (at + 1) * perCall))
}

const noOf = (reason: string, { facts, identityId }: MappedQuestion): Verdict => ({
  ...refused(reason),
  facts,
  identityId,
})

interface Call extends Group {
  tenant: Tenant
  own: AskedVersion | null
  policies: ResolvedContext['policies']
}

async function askPolicy(call: Call, verdicts: (Verdict | undefined)[], began: number): Promise<void> {
  const { tenant, principal, of, own, policies } = call
  const left = Math.floor(deadlineMs - (performance.now() - began))
  const checks = of.map(({ check }) => check)
  const byOwn = own && left >= 10 ? await askVersion(tenant, own, principal, checks, left) : undefined
  const byBase = !own && left >= 10 ? await askEngine(principal, of, left) : undefined
  const answered = policies?.activeId
    ? { policyVersion: policies.activeNo, policyHash: effectiveHash(policyHash(), policies.activeHash) }
    : {}
  of.forEach((each, at) => {
    const { check, action, facts, identityId } = each
    const found = byBase?.results[at]
    const isSame = found?.resource.kind === check.resource.kind && found.resource.id === check.resource.id
    const result = own ? byOwn?.[at] : isSame ? found : undefined
    if (result === 'absent') {
      verdicts[each.of.index] = { ...noOf('policy_version_absent', each), ...answered }
      return
    }
    const effect = result === undefined || result === 'silent' ? undefined : result.actions[action]
    if (result === undefined || result === 'silent' || (effect !== Effect.ALLOW && effect !== Effect.DENY)) {
      verdicts[each.of.index] = { ...noOf('decision_point_unavailable', each), ...answered }
      return
    }
    const isAllowed = effect === Effect.ALLOW
    const { reasons, ...verdict } = { isAllowed, grant: each.grant, ...explainVerdict(isAllowed, result.outputs) }
    const lift = isAllowed ? {} : liftOf(each, reasons, own !== null)
    verdicts[each.of.index] = { ...verdict, ...lift, facts, identityId, ...answered, ...shadowOf(call, each) }
  })
}

/** The same question for the version that stands in shadow, where there is one. */
function shadowOf(
  { principal, policies }: Call,
  { check, action, of: { question } }: Group['of'][number],
): Pick<Verdict, 'shadow'> {
  if (!policies?.shadowId || !policies.shadowTrial) return {}
  const version = { id: policies.shadowId, hash: policies.shadowHash, kinds: policies.shadowKinds }
  const isSpoken = [...policies.shadowKinds, ...policies.activeKinds].includes(check.resource.kind)
  const { subject, resource } = question
  return { shadow: { trialId: policies.shadowTrial, version, principal, check, action, subject, resource, isSpoken } }
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

export function rowOf(
  { caller, requestId, asked }: Asking,
  question: Partial<Pick<Question, 'subject' | 'action' | 'resource'>> | undefined,
  verdict: Verdict,
  { at, latencyUs, found = null }: { at: Date; latencyUs: number; found?: number | null },
): DecisionRow {
  const clean = (text: string) => maskSecrets(text) as string
  return {
    ...{ orgId: caller.tenant.orgId, at, id: randomUUID(), asked, requestId },
    ...{ callerKey: caller.key, callerLabel: clean(caller.actor.name) },
    subjectType: clean(question?.subject?.type ?? ''),
    subjectId: question?.subject ? clean(question.subject.id) : null,
    identityId: verdict.identityId ?? null,
    action: question?.action ? clean(question.action.name) : null,
    resourceType: question?.resource ? clean(question.resource.type) : null,
    resourceId: question?.resource ? clean(question.resource.id) : null,
    ...{ isAllowed: verdict.isAllowed, reason: verdict.reason, rule: verdict.rule, found },
    policyHash: verdict.policyHash === undefined ? policyHash() : verdict.policyHash,
    policyVersion: verdict.policyVersion ?? null,
    facts: JSON.stringify(maskSecrets(verdict.facts ?? {})),
    latencyUs,
  }
}
