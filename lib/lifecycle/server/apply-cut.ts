import { LiveError } from '@/lib/connectors/live-error'
import type { StepName } from '../engine/steps'
import type { RunEffect } from '../schema'
import { againHops, grantsHop } from './apply-survey'
import { isOff, readBack, type SourceWord } from './read-back'
import {
  type HopChange,
  handOf,
  isWhole,
  keeping,
  type StepOrder,
  type TakeStep,
  type Tools,
  targetOf,
  tryLogin,
} from './verify-login'

/** So long a source may need until it knows what it was told. */
const settlesWithinMs = 10_000

const sourceHop = (state: HopChange['state'], says: string, evidence?: HopChange['evidence']): HopChange => ({
  hop: 'source',
  title: 'At the source',
  state,
  says,
  ...(evidence ? { evidence } : {}),
})

/** Switches it off where the source can; else removes it. What is not there any more is off. */
const cut: TakeStep = async (order, tools) => {
  const { plan, subject } = order
  const target = targetOf(order, isWhole(order) ? null : (order.fresh ?? order.credentialRef))
  try {
    const act = plan.can.disable ? 'disable' : 'delete'
    const purpose = plan.can.disable ? 'disabled' : 'removed'
    const { did, former, evidence } = await handOf(tools, subject, act)(keeping(target, tools, purpose), tools.signal)
    const residual = tools.connector.semantics[subject]?.residualSeconds
    return {
      state: 'done',
      says: did === 'already' ? `It was so already: ${evidence}.` : `The source did it: ${evidence}.`,
      result: { did },
      effect: 'acknowledged',
      hops: [
        { ...sourceHop('acknowledged', evidence), ...(residual === undefined ? {} : { residualSeconds: residual }) },
      ],
      ...(former ? { keep: [{ purpose, secret: former }] } : {}),
    }
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'not_found') throw error
    const says = `The source has it no more: ${error.message}`
    return {
      state: 'done',
      says,
      result: { did: 'already' },
      effect: 'absent',
      hops: [sourceHop('already_absent', says, 'source')],
    }
  }
}

const sessionsHop = (state: HopChange['state'], says: string, evidence?: HopChange['evidence']): HopChange => ({
  hop: 'sessions',
  title: 'Open sessions',
  state,
  says,
  ...(evidence ? { evidence } : {}),
})

const endSessions: TakeStep = async (order, tools) => {
  try {
    const { did, ended, evidence } = await handOf(
      tools,
      'identity',
      'endSessions',
    )({ target: targetOf(order, null) }, tools.signal)
    const says =
      did === 'already'
        ? `There were none: ${evidence}.`
        : `${ended === 'unknown' ? 'They were' : `${ended} were`} ended: ${evidence}.`
    return { state: 'done', says, result: { ended, did }, hops: [sessionsHop('acknowledged', says)] }
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'not_found') throw error
    return {
      state: 'done',
      says: 'The account is not there any more.',
      result: { ended: 0, did: 'already' },
      hops: [sessionsHop('already_absent', 'The account is not there any more.', 'source')],
    }
  }
}

/** Who is signed in; undefined = the source cannot be asked. */
async function countSessions(order: StepOrder, tools: Tools): Promise<number | undefined> {
  const hand = tools.connection.hands.identity?.whoUses
  if (hand === undefined) return undefined
  try {
    return (await hand({ target: targetOf(order, null) }, tools.signal)).sessions.length
  } catch (error) {
    if (error instanceof LiveError && ['forbidden', 'conflict'].includes(error.code)) return undefined
    if (error instanceof LiveError && error.code === 'not_found') return 0
    throw error
  }
}

interface Look {
  effect: RunEffect
  says: string
  hops: HopChange[]
}

/** A login without a clear answer is tried again for a while, before the source's word takes its place. */
const isWorthAnother = (order: StepOrder, tools: Tools): boolean => tools.now() - order.begunAt < settlesWithinMs

/**
 * Tries every secret that is held; where none can be tried, asks the source, and says that it is only the source's word.
 * `unanswered`: a login had no clear answer, and is worth another try.
 */
async function look(order: StepOrder, tools: Tools): Promise<Look | { unanswered: string }> {
  const { held, plan } = order
  const tried: Look[] = []
  let unanswered: string | undefined
  for (const secret of held.old) {
    const credential = order.fresh ?? order.credentialRef
    const { answer, says } = await tryLogin(order, tools, { secret, credential, hop: 'source', phase: 'during' })
    if (answer === 'unknown') {
      unanswered = says
      continue
    }
    tried.push(
      answer === 'accepted'
        ? {
            effect: 'still_allowed',
            says: `A login still works: ${says}.`,
            hops: [sourceHop('still_allowed', says, 'login')],
          }
        : {
            effect: 'refused',
            says: `A login was tried and refused: ${says}.`,
            hops: [sourceHop('refused', says, 'login')],
          },
    )
  }
  const open = tried.find(({ effect }) => effect === 'still_allowed')
  if (!open && unanswered !== undefined && isWorthAnother(order, tools)) return { unanswered }
  const proved = open ?? tried[0] ?? (await askSource(order, tools, whyNoTry(unanswered)))
  if (!plan.endsSessions) return proved
  const sessions = await countSessions(order, tools)
  if (sessions === undefined) {
    const says = 'The source does not show who is signed in.'
    return { ...proved, hops: [...proved.hops, sessionsHop('not_testable', says)] }
  }
  if (sessions === 0)
    return {
      ...proved,
      hops: [...proved.hops, sessionsHop('source_says_off', 'The source shows no open session.', 'session')],
    }
  const says = `The source shows ${sessions} open sessions.`
  return { effect: 'still_allowed', says, hops: [...proved.hops, sessionsHop('still_allowed', says, 'session')] }
}

async function askSource(order: StepOrder, tools: Tools, why: string): Promise<Look> {
  const at = tools.now()
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  const found = stateOf(order, word, tools.now())
  const answer = found === 'on' ? 'accepted' : found === 'unknown' ? 'unknown' : 'refused'
  const says = sourceWords[found]
  tools.probe({
    hop: 'source',
    at,
    tookMs: Math.round(tools.now() - at),
    phase: 'after',
    answer,
    evidence: 'source',
    says,
  })
  if (found === 'off')
    return {
      effect: 'source_says_off',
      says: `${says} ${why}`,
      hops: [sourceHop('source_says_off', says, 'source')],
    }
  if (found === 'absent')
    return { effect: 'absent', says: `${says} ${why}`, hops: [sourceHop('already_absent', says, 'source')] }
  if (found === 'on') return { effect: 'still_allowed', says, hops: [sourceHop('still_allowed', says, 'source')] }
  return { effect: 'unknown', says, hops: [sourceHop('not_testable', says)] }
}

const whyNoTry = (unanswered: string | undefined): string =>
  unanswered === undefined
    ? 'No secret is held, so no login was tried.'
    : `A login was tried and had no clear answer: ${unanswered}.`
const sourceWords = {
  off: 'The source says that it is switched off.',
  absent: 'The source does not list it any more.',
  on: 'The source still says that it is on.',
  unknown: 'The source does not say whether it is off.',
} as const

function stateOf(order: StepOrder, word: SourceWord, now: number): keyof typeof sourceWords {
  if (word.identity === undefined) return word.isWhole ? 'absent' : 'unknown'
  if (isWhole(order))
    return word.identity.status === 'disabled' ? 'off' : word.identity.status === 'active' ? 'on' : 'unknown'
  if (word.identity.status === 'disabled') return 'off'
  const own = word.credentials.find(({ externalId }) => externalId === order.credentialRef)
  if (own === undefined) return word.isWhole ? 'absent' : 'unknown'
  return isOff(own, now) ? 'off' : own.status === 'active' ? 'on' : 'unknown'
}

const probe: TakeStep = async (order, tools) => {
  const seen = await look(order, tools)
  if ('unanswered' in seen) return { state: 'failed', code: 'unclear', says: seen.unanswered }
  const { effect, says, hops } = seen
  if (effect === 'still_allowed') return { state: 'failed', code: 'still_allowed', says, hops, effect }
  // What cannot be tested is said as such, and is no reason to wait for ever.
  return { state: 'done', says, hops, effect, ...(effect === 'unknown' ? { code: 'not_testable' as const } : {}) }
}

/** Removes for good what was cut. */
const remove: TakeStep = async (order, tools) => {
  const isRotation = order.plan.kind === 'rotation'
  if (isRotation && (order.credentialRef === null || order.credentialRef === order.fresh))
    return { state: 'refused', code: 'unclear', says: 'It is not known which of its credentials is the old one.' }
  const subject = isRotation ? order.secretSubject : order.subject
  const target = targetOf(order, isRotation || !isWhole(order) ? order.credentialRef : null)
  const { did, evidence } = await handOf(tools, subject, 'delete')({ target }, tools.signal)
  return {
    state: 'done',
    says: evidence,
    result: { did },
    ...(isRotation ? {} : { hops: [sourceHop('acknowledged', evidence)] }),
  }
}

const verifyAbsent: TakeStep = async (order, tools) => {
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  const found = stateOf(order, word, tools.now())
  const says = sourceWords[found]
  if (found === 'absent' || (found === 'off' && !isWhole(order)))
    return {
      ...{ state: 'done', says, effect: 'absent' },
      hops: [
        sourceHop('already_absent', says, 'source'),
        ...(order.plan.surveys && isWhole(order) ? [await grantsHop(order, tools)] : []),
      ],
    }
  if (found === 'unknown') return { state: 'done', code: 'not_testable', says, hops: [sourceHop('not_testable', says)] }
  return {
    state: 'failed',
    code: 'still_allowed',
    says: 'The source answered that it is deleted, and still lists it.',
    hops: [sourceHop('still_allowed', says, 'source')],
    effect: 'still_allowed',
  }
}

const enable: TakeStep = async (order, tools) => {
  if (!order.mayAct) return { state: 'refused', code: 'overruled', says: 'It stays off: the account is being revoked.' }
  const { held, plan, subject } = order
  const target = targetOf(order, isWhole(order) ? null : order.credentialRef)
  if (plan.can.disable) {
    const { did, evidence } = await handOf(
      tools,
      subject,
      'enable',
    )({ target, ...(held.disabled ? { former: held.disabled } : {}) }, tools.signal)
    return { state: 'done', says: evidence, result: { did }, effect: 'unknown', hops: againHops(order) }
  }
  if (held.removed === undefined)
    return { state: 'refused', code: 'conflict', says: 'The source gave nothing with which it could be brought back.' }
  const { did, evidence } = await handOf(tools, subject, 'restore')({ target, former: held.removed }, tools.signal)
  return { state: 'done', says: evidence, result: { did }, effect: 'unknown', hops: againHops(order) }
}

const verifyEnabled: TakeStep = async (order, tools) => {
  const { held } = order
  const [secret] = held.fresh ? [held.fresh] : held.old
  let unanswered: string | undefined
  if (secret !== undefined) {
    const { answer, says } = await tryLogin(order, tools, {
      secret,
      credential: order.fresh ?? order.credentialRef,
      hop: 'source',
    })
    if (answer === 'accepted')
      return {
        state: 'done',
        says: `A login works again: ${says}.`,
        effect: 'accepted',
        hops: [sourceHop('accepted', says, 'login')],
      }
    if (isWorthAnother(order, tools))
      return { state: 'failed', code: answer === 'refused' ? 'not_yet' : 'unclear', says }
    if (answer === 'refused')
      return {
        state: 'refused',
        code: 'login_refused',
        says: `It is switched on, and a login is still refused: ${says}.`,
      }
    unanswered = says
  }
  const found = stateOf(order, await readBack(tools.connection, order.identityRef, tools.signal), tools.now())
  if (found === 'on') {
    const says = `The source says that it is on again. ${whyNoTry(unanswered)}`
    return { state: 'done', says, effect: 'source_says_on', hops: [sourceHop('source_says_on', says, 'source')] }
  }
  if (found === 'off' && isWorthAnother(order, tools))
    return { state: 'failed', code: 'not_yet', says: sourceWords.off }
  return {
    state: found === 'unknown' ? 'done' : 'refused',
    code: ({ unknown: 'not_testable', off: 'disabled', absent: 'gone' } as const)[found],
    says: sourceWords[found],
    effect: 'unknown',
  }
}

export const cutSteps: { [Step in StepName]?: TakeStep } = {
  ...{ cut, cut_again: cut, end_sessions: endSessions, probe, probe_again: probe },
  ...{ remove, verify_absent: verifyAbsent, enable, verify_enabled: verifyEnabled },
}
