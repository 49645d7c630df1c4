import { randomUUID } from 'node:crypto'
import { Effect, type Value } from '@cerbos/core'
import { decisionPoint, type ResourceCheck } from '@/lib/platform/authz/client'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { countGiven, type Expanded, explainReason, maskSecrets } from '../rules'
import type { Answer, Asked, Question, Semantic } from '../schema'
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

interface Prepared {
  index: number
  check: ResourceCheck
  action: string
  facts: Record<string, unknown>
  identityId: string | null
}

async function judgeOpen(
  context: ResolvedContext,
  open: readonly { question: Question; index: number }[],
  verdicts: (Verdict | undefined)[],
  began: number,
): Promise<void> {
  const now = new Date()
  const groups = new Map<string, { principal: Record<string, unknown>; of: Prepared[] }>()
  for (const { question, index } of open) {
    const { subject, action, resource } = question
    const given = question.context ?? {}
    const who = context.subject(subject)
    const what = context.resource(resource)
    const held = context.held(subject, resource)
    const { policy } = context.policyOf(resource.type)
    const moment = { time: now.toISOString(), incident: 'unknown', sources: context.sources, given }
    const facts = {
      subject: {
        properties: subject.properties ?? {},
        live: who.live,
        entity: who.entity,
        sources: who.sources,
        role: who.role,
      },
      action: action.properties ?? {},
      resource: {
        properties: resource.properties ?? {},
        live: what.live,
        entity: what.entity,
        sources: what.sources,
        held,
      },
      context: moment,
    }
    if (context.denying.length > 0) {
      verdicts[index] = { ...refused('source_absent'), identityId: who.identityId, facts }
      continue
    }
    const key = JSON.stringify([subject, given])
    const group = groups.get(key) ?? {
      principal: {
        id: subject.id,
        roles: [who.role],
        attr: { type: subject.type, ...facts.subject, context: moment },
      },
      of: [],
    }
    groups.set(key, group)
    const attr = { type: resource.type, ...facts.resource, action: facts.action }
    group.of.push({
      ...{ index, facts, action: action.name, identityId: who.identityId },
      check: {
        resource: {
          kind: policy,
          id: resource.id,
          policyVersion: 'runtime',
          attr: attr as unknown as Record<string, Value>,
        },
        actions: [action.name],
      },
    })
  }
  const calls = [...groups.values()].flatMap(({ principal, of }) => {
    const parts: { principal: typeof principal; of: Prepared[] }[] = []
    for (let from = 0; from < of.length; from += perCall) parts.push({ principal, of: of.slice(from, from + perCall) })
    return parts
  })
  for (let from = 0; from < calls.length; from += atOnce)
    await Promise.all(calls.slice(from, from + atOnce).map((call) => askPolicy(call, verdicts, began)))
}

async function askPolicy(
  { principal, of }: { principal: Record<string, unknown>; of: Prepared[] },
  verdicts: (Verdict | undefined)[],
  began: number,
): Promise<void> {
  const left = Math.floor(deadlineMs - (performance.now() - began))
  const silent = (each: Prepared): Verdict => ({
    ...refused('decision_point_unavailable'),
    ...{ identityId: each.identityId, facts: each.facts },
  })
  if (left < 10) {
    for (const each of of) verdicts[each.index] = silent(each)
    return
  }
  try {
    const { results } = await decisionPoint().check(
      principal as unknown as Parameters<ReturnType<typeof decisionPoint>['check']>[0],
      of.map(({ check }) => check),
      left,
    )
    of.forEach((each, at) => {
      const result = results[at]
      const { check, action, facts, identityId } = each
      const isSame = result?.resource.kind === check.resource.kind && result.resource.id === check.resource.id
      const effect = isSame ? result.actions[action] : undefined
      if (effect !== Effect.ALLOW && effect !== Effect.DENY) {
        verdicts[each.index] = silent(each)
        return
      }
      verdicts[each.index] = { ...verdictOf(effect === Effect.ALLOW, result?.outputs ?? []), facts, identityId }
    })
  } catch (error) {
    if (!isAppError(error)) throw error
    for (const each of of) verdicts[each.index] = silent(each)
  }
}

/** Rules say why: `"allow:<reason>"` those that allow, `"<reason>"` those that deny. */
function verdictOf(isAllowed: boolean, outputs: readonly { source: string; value?: unknown }[]): Verdict {
  const said = outputs.flatMap(({ source, value }) => (typeof value === 'string' ? [{ source, value }] : []))
  const fitting = said.find(({ value }) => value.startsWith('allow:') === isAllowed)
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
