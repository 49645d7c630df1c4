import { Effect, type Principal } from '@cerbos/core'
import { maskSecrets } from '@/lib/decisions/rules'
import { explainVerdict } from '@/lib/decisions/server/resolve-verdict'
import type { ResourceCheck } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import { log } from '@/lib/platform/telemetry/log'
import { maxDifferences } from '../values'
import { type AskedVersion, askVersion } from './decide-by-version'
import { addToTrial, type DifferenceRow } from './store-use'

/** A question that was answered, for the version that stands beside. */
export interface ShadowQuestion {
  trialId: string
  version: AskedVersion
  principal: Principal
  check: ResourceCheck
  action: string
  subject: { type: string; id: string }
  resource: { type: string; id: string }
  /** Neither that version nor what answers says anything of the type: the answer is the same without asking. */
  isSpoken: boolean
  decisionId: string
  wasAllowed: boolean
  reasonWas: string
}

/** What waits at the most; beyond it questions are counted as dropped. */
const maxWaiting = 2000
const atOnce = 4
const withinMs = 2000
/** How often what was seen is written, in milliseconds. */
const everyMs = 500

interface Tally {
  tenant: Tenant
  asked: number
  differing: number
  dropped: number
  groups: Map<string, DifferenceRow>
}
interface State {
  waiting: { tenant: Tenant; question: ShadowQuestion }[]
  running: number
  tallies: Map<string, Tally>
  timer: NodeJS.Timeout | undefined
}
const kept = globalThis as typeof globalThis & { bailiwickShadow?: State }
const state = (): State => {
  kept.bailiwickShadow ??= { waiting: [], running: 0, tallies: new Map(), timer: undefined }
  return kept.bailiwickShadow
}

function tallyOf(tenant: Tenant, trialId: string): Tally {
  const { tallies } = state()
  const tally = tallies.get(trialId) ?? { tenant, asked: 0, differing: 0, dropped: 0, groups: new Map() }
  tallies.set(trialId, tally)
  const own = state()
  own.timer ??= setTimeout(() => void flushShadow(), everyMs)
  return tally
}

/** Takes a question that was answered already. Never waits, never fails: answers do not depend on it. */
export function recordShadow(tenant: Tenant, question: ShadowQuestion): void {
  const own = state()
  if (!question.isSpoken) tallyOf(tenant, question.trialId).asked += 1
  else if (own.waiting.length >= maxWaiting) tallyOf(tenant, question.trialId).dropped += 1
  else {
    own.waiting.push({ tenant, question })
    if (own.running < atOnce) setImmediate(() => void drain())
  }
}

async function drain(): Promise<void> {
  const own = state()
  if (own.running >= atOnce) return
  own.running += 1
  try {
    for (let next = own.waiting.shift(); next; next = own.waiting.shift()) await askOne(next.tenant, next.question)
  } catch (error) {
    log.error({ err: error }, 'a version in shadow could not be asked')
  } finally {
    own.running -= 1
  }
}

async function askOne(tenant: Tenant, question: ShadowQuestion): Promise<void> {
  const { version, principal, check, action } = question
  const [answer] = await askVersion(tenant, version, principal, [check], withinMs)
  const tally = tallyOf(tenant, question.trialId)
  const effect = answer === undefined || typeof answer === 'string' ? undefined : answer.actions[action]
  if (answer === undefined || typeof answer === 'string' || effect === undefined) {
    tally.dropped += 1
    return
  }
  tally.asked += 1
  const nowAllowed = effect === Effect.ALLOW
  if (nowAllowed === question.wasAllowed) return
  tally.differing += 1
  const { reason, rule } = explainVerdict(nowAllowed, answer.outputs)
  addDifference(tally.groups, {
    ...{
      subjectType: clean(question.subject.type),
      subjectId: clean(question.subject.id),
      action: clean(action),
      nowAllowed,
    },
    ...{ resourceType: clean(question.resource.type), sampleResource: clean(question.resource.id), count: 1 },
    ...{ reasonWas: question.reasonWas, reasonNow: reason, ruleNow: rule },
    ...{ sampleDecision: question.decisionId, lastAt: new Date().toISOString() },
  })
}

const clean = (text: string) => maskSecrets(text) as string

/** Puts one more answer to those of its subject, action, type and direction. */
export function addDifference(groups: Map<string, DifferenceRow>, row: DifferenceRow): void {
  const key = JSON.stringify([row.subjectType, row.subjectId, row.action, row.resourceType, row.nowAllowed])
  const known = groups.get(key)
  groups.set(key, { ...row, count: (known?.count ?? 0) + row.count })
}

/** Writes what was seen since; what cannot be written now is written with what comes. */
export async function flushShadow(): Promise<void> {
  const own = state()
  clearTimeout(own.timer)
  own.timer = undefined
  const tallies = [...own.tallies]
  own.tallies = new Map()
  for (const [trialId, tally] of tallies)
    try {
      await addToTrial(tally.tenant, trialId, tally, [...tally.groups.values()], maxDifferences)
    } catch (error) {
      log.error({ reason: String(error).slice(0, 300) }, 'what a version in shadow showed could not be written')
      const again = tallyOf(tally.tenant, trialId)
      again.dropped += tally.asked + tally.dropped
    }
}

/** Waits until nothing waits any more, and writes it; for the end of a process, and for tests. */
export async function drainShadow(patienceMs = 5000): Promise<void> {
  const until = Date.now() + patienceMs
  while (Date.now() < until && (state().waiting.length > 0 || state().running > 0))
    await new Promise((resolve) => setTimeout(resolve, 20))
  await flushShadow()
}
