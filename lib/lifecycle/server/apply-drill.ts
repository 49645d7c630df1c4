import { setTimeout as sleep } from 'node:timers/promises'
import { LiveError } from '@/lib/connectors/live-error'
import type { Secret } from '@/lib/connectors/secret'
import type { DrillTerms, StepName } from '../engine/steps'
import { cutSteps } from './apply-cut'
import { renewSteps } from './apply-renewal'
import { readBack } from './read-back'
import {
  type HopChange,
  handOf,
  type Outcome,
  type Probe,
  type StepOrder,
  type TakeStep,
  type Tools,
  targetOf,
  tryLogin,
} from './verify-login'

/** Between two tries. */
const roundMs = 1000
/** So often it is tried before the cut, and after the first refusal. */
const roundsBefore = 3
const roundsAfter = 5

type Phase = Probe['phase']
type Answer = Probe['answer']

interface Round {
  /** Absent = no secret is held by which a login could be tried. */
  login?: { answer: Answer; says: string }
  /** Absent = no session is held. */
  session?: { answer: Answer; says: string }
  /** By their places in the plan. */
  keepers: Map<number, Answer>
}

const termsOf = ({ plan }: StepOrder): DrillTerms => {
  if (plan.drill === undefined) throw new Error('a drill has terms')
  return plan.drill
}

const nobody: ReadonlyMap<number, Secret> = new Map()
const keepOf = ({ drill }: StepOrder) => drill?.keep ?? nobody

/** What is tried: the canary's secret, or the one that was given of the real account. */
const secretOf = ({ held, plan }: StepOrder): Secret | undefined =>
  plan.drill?.canary === null ? held.old[0] : held.fresh

/** One try of everything that the drill looks at, at the same moment. */
async function tryAll(order: StepOrder, tools: Tools, phase: Phase): Promise<Round> {
  const secret = secretOf(order)
  const session = tools.holder?.session
  const keepers = new Map<number, Answer>()
  const [login, held] = await Promise.all([
    secret ? tryLogin(order, tools, { secret, credential: credentialOf(order), hop: 'source', phase }) : undefined,
    session ? lookAtSession(session, tools, phase) : undefined,
    ...[...keepOf(order)].map(async ([no, own]) => keepers.set(no, await tryKeeper(order, tools, { no, own, phase }))),
  ])
  return { keepers, ...(login ? { login } : {}), ...(held ? { session: held } : {}) }
}

const credentialOf = (order: StepOrder) => (termsOf(order).canary === 'beside' ? order.fresh : order.credentialRef)

async function lookAtSession(
  session: NonNullable<NonNullable<Tools['holder']>['session']>,
  tools: Tools,
  phase: Phase,
) {
  const at = tools.now()
  const { answer, reason: says } = await session.look()
  tools.probe({ hop: 'sessions', at, tookMs: Math.round(tools.now() - at), phase, answer, evidence: 'session', says })
  return { answer, says }
}

/** A login of somebody who must keep access. */
async function tryKeeper(
  order: StepOrder,
  tools: Tools,
  { no, own, phase }: { no: number; own: Secret; phase: Phase },
): Promise<Answer> {
  const identity = termsOf(order).keepers[no]?.ref
  if (identity === undefined) return 'unknown'
  const at = tools.now()
  const verify = handOf(tools, order.secretSubject, 'verify')
  const { answer, reason: says } = await verify({ target: { identity }, secret: own }, tools.signal)
  tools.probe({ hop: `keep:${no}`, at, tookMs: Math.round(tools.now() - at), phase, answer, evidence: 'login', says })
  return answer
}

/** Of those whose secret nobody gave, the source's word is written down. It is no login, and called none. */
async function askKeepers(order: StepOrder, tools: Tools, phase: Phase): Promise<void> {
  for (const [no, { ref }] of termsOf(order).keepers.entries()) {
    if (keepOf(order).has(no)) continue
    const at = tools.now()
    const word = await readBack(tools.connection, ref, tools.signal).catch((error: unknown) => {
      if (error instanceof LiveError) return undefined
      throw error
    })
    const status = word?.identity?.status
    const answer =
      status === 'active'
        ? 'accepted'
        : status === 'disabled' || (word?.isWhole && !word.identity)
          ? 'refused'
          : 'unknown'
    const says =
      answer === 'accepted'
        ? 'The source says that it is on.'
        : answer === 'refused'
          ? 'The source says that it is off.'
          : 'The source does not say.'
    tools.probe({
      hop: `keep:${no}`,
      at,
      tookMs: Math.round(tools.now() - at),
      phase,
      answer,
      evidence: 'source',
      says,
    })
  }
}

/** Those who got in before the cut and are refused now. */
function lostKeepers(order: StepOrder, { keepers }: Round): string[] {
  const lost = (order.drill?.keptBefore ?? []).filter((no) => keepers.get(no) === 'refused')
  return lost.map((no) => termsOf(order).keepers[no]?.name ?? '')
}

function stopped(order: StepOrder, round: Round): Outcome | undefined {
  const lost = lostKeepers(order, round)
  if (lost.length === 0 || !termsOf(order).stopsOnFalseCut) return undefined
  const says = `${lost.join(', ')} must keep access and was refused. The drill stops here, and what it cut is taken back.`
  return { state: 'refused', code: 'aborted', says }
}

const refusedHere = (says: string): Outcome => ({ state: 'refused', code: 'unclear', says })

/** Makes the canary: an account of its own, or a secret beside the real one. */
const issue: TakeStep = async (order, tools) => {
  const { canary, account } = termsOf(order)
  if (canary !== 'account') return (renewSteps.issue as TakeStep)(order, tools)
  const { fresh } = order.held
  const make = tools.connection.rehearsal?.makeCanary
  if (account === null || fresh === undefined || make === undefined)
    return refusedHere('A canary cannot be made here (any more).')
  if (!order.mayAct)
    return { state: 'refused', code: 'overruled', says: 'No canary was made: the account is being revoked.' }
  const { joined, missing } = await make(
    { like: order.drill?.like ?? order.identityRef, name: account.name, secret: fresh },
    tools.signal,
  )
  const groups =
    joined.length > 0 ? `It belongs to ${joined.join(', ')}, as the real one does.` : 'It belongs to no group.'
  const left = missing.length > 0 ? ` The connection may not put it into ${missing.join(', ')}.` : ''
  return { state: 'done', says: `The canary ${account.name} is made. ${groups}${left}`, result: { credential: null } }
}

/** A drill counts for nothing where access did not work before. A session is opened that stays, as a service’s does. */
const probeBefore: TakeStep = async (order, tools) => {
  const secret = secretOf(order)
  await askKeepers(order, tools, 'before')
  if (secret !== undefined) await holdSession(order, tools, secret)
  let kept = [...keepOf(order).keys()]
  for (let no = 0; no < roundsBefore; no += 1) {
    if (no > 0) await sleep(roundMs, undefined, { signal: tools.signal })
    const { login, keepers } = await tryAll(order, tools, 'before')
    kept = kept.filter((each) => keepers.get(each) === 'accepted')
    if (login?.answer === 'unknown') return { state: 'failed', code: 'unclear', says: login.says }
    if (login?.answer === 'refused')
      return {
        state: 'refused',
        code: 'login_refused',
        says: `It does not get in before the cut, so that nothing can be measured: ${login.says}.`,
      }
  }
  const result = { kept }
  if (secret === undefined)
    return { state: 'done', code: 'not_testable', says: 'Nobody gave its secret: no login can be tried.', result }
  return { state: 'done', says: 'Three logins a second apart worked before the cut.', effect: 'accepted', result }
}

async function holdSession(order: StepOrder, tools: Tools, secret: Secret): Promise<void> {
  const open = tools.connection.rehearsal?.openSession
  if (!termsOf(order).hops.includes('sessions') || open === undefined || tools.holder === undefined) return
  await tools.holder.session?.close()
  delete tools.holder.session
  try {
    tools.holder.session = await open({ target: targetOf(order, null), secret }, tools.signal)
  } catch (error) {
    // What cannot be held cannot be tried, and is told as such.
    if (!(error instanceof LiveError)) throw error
  }
}

/** The cut itself, with a try every second beside it. */
const cut: TakeStep = async (order, tools) => {
  if (termsOf(order).canary === 'beside' && order.fresh === null)
    return refusedHere('The source does not show which of its credentials is the canary: nothing is cut.')
  const over = new AbortController()
  const watch = watchAside(order, tools, over.signal)
  try {
    // Beside a real secret it is the canary alone that is cut.
    return await (cutSteps.cut as TakeStep)({ ...order, credentialRef: credentialOf(order) }, tools)
  } finally {
    over.abort()
    await watch
  }
}

async function watchAside(order: StepOrder, tools: Tools, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    // What a try meets here is met again by the next step, which tells of it.
    await tryAll(order, tools, 'during').catch(() => {})
    await sleep(roundMs, undefined, { signal: over }).catch(() => {})
  }
}

const titles = { source: 'New logins', sessions: 'The session that was open' } as const
function hopOf(hop: keyof typeof titles, { answer, says }: { answer: Answer; says: string }): HopChange {
  const state = answer === 'refused' ? 'refused' : answer === 'accepted' ? 'still_allowed' : 'not_testable'
  return { hop, title: titles[hop], state, says, evidence: hop === 'source' ? 'login' : 'session' }
}

const hopsOf = (order: StepOrder, { login, session }: Round): HopChange[] => [
  ...(login ? [hopOf('source', login)] : []),
  ...(session ? [hopOf('sessions', session)] : []),
  ...(session || !termsOf(order).hops.includes('sessions')
    ? []
    : [{ hop: 'sessions', title: titles.sessions, state: 'not_testable' as const, says: noSession(order) }]),
]

const noSession = (order: StepOrder) =>
  secretOf(order) === undefined
    ? 'Nobody gave its secret, so no session could be opened.'
    : 'No session is held: this system lets none be held from here, or it was lost with the worker that held it.'

const probe: TakeStep = async (order, tools) => {
  if (secretOf(order) === undefined) return withoutSecret(order, tools)
  const round = await tryAll(order, tools, 'during')
  const abort = stopped(order, round)
  if (abort) return abort
  const { login, session } = round
  const hops = hopsOf(order, round)
  const isIn = login?.answer === 'accepted' || session?.answer === 'accepted'
  const says = [login?.says, session?.says].filter((each) => each !== undefined).join('; ')
  if (isIn) {
    const isOver = tools.now() - order.begunAt >= termsOf(order).waitSeconds * 1000
    const effect = 'still_allowed'
    if (!isOver) return { state: 'failed', code: 'still_allowed', says: `Still let in: ${says}.`, hops, effect }
    return {
      state: 'done',
      code: 'leaked',
      says: `Still let in after ${termsOf(order).waitSeconds} s: ${says}.`,
      hops,
      effect,
    }
  }
  if (login?.answer !== 'refused') return { state: 'failed', code: 'unclear', says: says || 'No clear answer.', hops }
  return { state: 'done', says: `Nothing gets in: ${says}.`, hops, effect: 'refused' }
}

/** Without a secret there is the source's word, which is no verdict. */
async function withoutSecret(order: StepOrder, tools: Tools): Promise<Outcome> {
  const round = await tryAll(order, tools, 'during')
  return stopped(order, round) ?? (cutSteps.probe as TakeStep)(order, tools)
}

/** What is refused once must stay refused. */
const probeAfter: TakeStep = async (order, tools) => {
  let last: Round | undefined
  for (let no = 0; no < roundsAfter; no += 1) {
    await sleep(roundMs, undefined, { signal: tools.signal })
    last = await tryAll(order, tools, 'after')
    const abort = stopped(order, last)
    if (abort) return abort
  }
  await askKeepers(order, tools, 'after')
  const isIn = last?.login?.answer === 'accepted' || last?.session?.answer === 'accepted'
  const hops = last?.login ? hopsOf(order, last) : []
  if (isIn)
    return {
      state: 'done',
      code: 'leaked',
      says: 'It gets in, after it was refused or still.',
      hops,
      effect: 'still_allowed',
    }
  if (last?.login === undefined) return { state: 'done', code: 'not_testable', says: 'No login could be tried.' }
  return { state: 'done', says: `${roundsAfter} more tries a second apart were refused.`, hops }
}

/** What is cleared away or given back after the measurement is no part of it: the places keep what was shown. */
const aside =
  (take: TakeStep | undefined): TakeStep =>
  async (order, tools) => {
    if (take === undefined) throw new Error('this step has hands')
    const { hops: _, ...outcome } = await take(order, tools)
    return outcome
  }

export const drillSteps: { [Step in StepName]?: TakeStep } = {
  ...{ issue, probe_before: probeBefore, cut, probe, probe_after: probeAfter },
  end_sessions: aside(cutSteps.end_sessions),
  ...{ remove: aside(cutSteps.remove), verify_absent: aside(renewSteps.verify_withdrawn) },
  ...{ enable: aside(cutSteps.enable), verify_enabled: aside(cutSteps.verify_enabled) },
}
