import { LiveError } from '@/lib/connectors/live-error'
import { formatDateTime } from '@/lib/platform/browser/format'
import { stillUsed } from '../engine/programs'
import type { StepName } from '../engine/steps'
import { isOff, readBack } from './read-back'
import { readUse } from './read-use'
import {
  handOf,
  keeping,
  type Outcome,
  type StepOrder,
  type TakeStep,
  type Tools,
  targetOf,
  tryLogin,
} from './verify-login'

/** So long a source may need until it knows its own new secret. */
const settlesWithinMs = 10_000

/** A source that answers too slowly to be looked through is tried again for so long; what is very large never is. */
const looksWithinMs = 60_000

/** Looks at the account before anything is changed: whether it is there and on, and which credentials it has. */
const prepare: TakeStep = async (order, tools) => {
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  if (word.identity === undefined && word.isWhole)
    return { state: 'refused', code: 'gone', says: 'The source has no such account any more: there is nothing to do.' }
  if (word.identity?.status === 'disabled')
    return {
      state: 'refused',
      code: 'disabled',
      says: 'The account is switched off at the source. Switch it on first.',
    }
  const isUnseen = word.identity === undefined && !word.isWhole
  if (isUnseen && tools.now() - order.begunAt < looksWithinMs)
    return { state: 'failed', code: 'unclear', says: 'The source could not be looked through in time.' }
  const known = word.isWhole ? word.credentials.map(({ externalId }) => externalId) : null
  const { credentialRef, plan } = order
  // Beside one that is not there a new one would be one too many: what the account signs in with would stay.
  if (
    plan.secrets === 'two' &&
    plan.kind === 'rotation' &&
    credentialRef !== null &&
    known?.includes(credentialRef) === false
  )
    return {
      state: 'refused',
      code: 'gone',
      says: 'The credential is not at the source any more: it was replaced or deleted there since it was read. Nothing was changed. Look which one the account has now, then rotate that.',
    }
  const says = isUnseen
    ? 'The source could not be looked through in time: nobody saw whether the account is there.'
    : 'The account is there, and on.'
  return { state: 'done', says, result: { known } }
}

/**
 * Sets the new secret, which is stored already, or has the source make one. After a crash or without an answer the new secret is
 * tried first: it may have been set. One that the source made, and that nobody heard, is taken away.
 */
const issue: TakeStep = async (order, tools) => {
  const { held, plan } = order
  if (order.isAgain && held.fresh !== undefined) {
    const { answer, says } = await tryLogin(order, tools, { secret: held.fresh, credential: order.fresh, hop: 'new' })
    if (answer === 'accepted')
      return { state: 'done', says: 'It had been set already.', result: { credential: await findFresh(order, tools) } }
    if (answer === 'unknown')
      return { state: 'failed', code: 'unclear', says: `It is not known whether it was set: ${says}` }
  }
  if (!order.mayAct)
    return { state: 'refused', code: 'overruled', says: 'It was not set: the account is being revoked.' }
  if (order.isAgain && plan.makes === 'source' && plan.secrets === 'two') {
    const lost = await dropUnheard(order, tools)
    if (lost) return lost
  }
  const target = targetOf(order, order.credentialRef)
  const secret = plan.makes === 'we' ? held.fresh : undefined
  if (plan.makes === 'we' && secret === undefined) throw new Error('a new secret is stored before it is set')
  const issued = await handOf(
    tools,
    order.secretSubject,
    'issue',
  )({ ...keeping(target, tools, 'former'), ...(secret ? { secret } : {}) }, tools.signal)
  return {
    state: 'done',
    says: issued.replacesFormer
      ? 'The new secret is set. The old one opens nothing any more.'
      : 'The new secret is set beside the old one.',
    result: { credential: issued.credential },
    keep: [
      ...(plan.makes === 'source' ? [{ purpose: 'new' as const, secret: issued.secret }] : []),
      ...(issued.former ? [{ purpose: 'former' as const, secret: issued.former }] : []),
    ],
  }
}

/** The one credential that was not there before; null where the source does not show which it is. */
async function findFresh(order: StepOrder, tools: Tools): Promise<string | null> {
  if (order.fresh !== null) return order.fresh
  if (order.plan.secrets === 'one') return order.credentialRef
  const { known } = order
  if (known === null) return null
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  const added = word.credentials.filter(({ externalId }) => !known.includes(externalId))
  return added.length === 1 ? (added[0]?.externalId ?? null) : null
}

/** Takes away what the source made for a worker that died before it heard of it: nobody has that secret. */
async function dropUnheard(order: StepOrder, tools: Tools): Promise<Outcome | undefined> {
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  if (order.known === null || !word.isWhole)
    return { state: 'refused', code: 'unclear', says: unclear('The source could not be looked through.') }
  const added = word.credentials.filter(({ externalId }) => !order.known?.includes(externalId))
  if (added.length === 0) return undefined
  const [only] = added
  // A minute of difference between two clocks is nothing unusual.
  const isOurs = typeof only?.createdAt === 'string' && Date.parse(only.createdAt) >= order.askedAt - 60_000
  if (added.length > 1 || only === undefined || !isOurs)
    return {
      state: 'refused',
      code: 'unclear',
      says: unclear(`There are ${added.length} new ones: ${added.map(({ name }) => name).join(', ')}.`),
    }
  try {
    await handOf(tools, order.secretSubject, 'delete')({ target: targetOf(order, only.externalId) }, tools.signal)
    return undefined
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    return { state: 'refused', code: 'unclear', says: unclear(`It could not be deleted: ${error.message}`) }
  }
}

const unclear = (what: string) =>
  `The source was asked for a new secret and its answer was lost. ${what} Delete at the source what nobody uses, then try again.`

const verifyNew: TakeStep = async (order, tools) => {
  const { fresh } = order.held
  if (fresh === undefined) return { state: 'refused', code: 'unclear', says: 'The new secret is not held any more.' }
  const { answer, says } = await tryLogin(order, tools, { secret: fresh, credential: order.fresh, hop: 'new' })
  if (answer === 'accepted')
    return { state: 'done', says: `A login with the new secret works: ${says}.`, effect: 'accepted' }
  if (answer === 'unknown') return { state: 'failed', code: 'unclear', says }
  if (tools.now() - order.begunAt < settlesWithinMs) return { state: 'failed', code: 'not_yet', says }
  return { state: 'refused', code: 'login_refused', says: `A login with the new secret is refused: ${says}.` }
}

/** Ends the old secret: switched off where that can be taken back, else removed. Never the new one. */
const retire: TakeStep = async (order, tools) => {
  const { plan, credentialRef, fresh } = order
  if (credentialRef === null || credentialRef === fresh)
    return { state: 'refused', code: 'unclear', says: 'It is not known which of its credentials is the old one.' }
  const used = plan.quietSeconds ? await usedWithin(plan.quietSeconds, order, tools) : null
  if (used) return used
  const isSoft = plan.can.disable && plan.can.enable
  const target = targetOf(order, credentialRef)
  const { did, former, evidence } = await handOf(
    tools,
    order.secretSubject,
    isSoft ? 'disable' : 'delete',
  )(keeping(target, tools, isSoft ? 'disabled' : 'removed'), tools.signal)
  return {
    state: 'done',
    says: evidence,
    result: { did },
    effect: 'acknowledged',
    ...(former ? { keep: [{ purpose: isSoft ? ('disabled' as const) : ('removed' as const), secret: former }] } : {}),
  }
}

/**
 * The old one stays while somebody uses it. A source that does not say when it was used last has it stay for the whole quiet
 * period, counted from the first question: not knowing is not the same as being unused.
 */
export async function usedWithin(seconds: number, order: StepOrder, tools: Tools): Promise<Outcome | null> {
  const { plan, identityRef, credentialRef, secretSubject } = order
  const side = { identityRef, credentialRef, secretSubject, isTwin: plan.twin !== undefined }
  const { lastUsedAt: last, sessions: open } = await readUse(tools.connection, side, tools.signal)
  const sessions = open?.length ?? 0
  const hours = Math.round(seconds / 360) / 10
  const stays = (says: string): Outcome => ({ state: 'failed', code: stillUsed, says })
  if (sessions > 0) return stays(`Somebody is signed in with the old secret (${sessions} at this moment).`)
  if (last === undefined)
    return tools.now() - order.begunAt >= seconds * 1000
      ? null
      : stays(
          `The source does not say when the old secret was last used, so it stays for ${hours} hours more than asked.`,
        )
  if (last === null || tools.now() - Date.parse(last) >= seconds * 1000) return null
  return stays(
    `The old secret was last used at ${formatDateTime(last)}, and ends only when it was not used for ${hours} hours.`,
  )
}

const title = 'The old secret'

/** Tries the old secret where it is held; else asks the source, and says so. */
const verifyDead: TakeStep = async (order, tools) => {
  for (const secret of order.held.old) {
    const { answer, says } = await tryLogin(order, tools, { secret, credential: order.credentialRef, hop: 'old' })
    if (answer === 'accepted') {
      const hop = { hop: 'old', title, state: 'still_allowed' as const, evidence: 'login' as const, says }
      return {
        state: 'failed',
        code: 'still_allowed',
        says: `The old secret still works: ${says}.`,
        hops: [hop],
        effect: 'still_allowed',
      }
    }
    if (answer === 'unknown') return { state: 'failed', code: 'unclear', says }
    const hop = { hop: 'old', title, state: 'refused' as const, evidence: 'login' as const, says }
    return { state: 'done', says: `A login with the old secret is refused: ${says}.`, hops: [hop], effect: 'refused' }
  }
  const word = await readBack(tools.connection, order.identityRef, tools.signal)
  const old = word.credentials.find(({ externalId }) => externalId === order.credentialRef)
  const isSame = order.plan.secrets === 'one'
  if (!isSame && word.isWhole && (old === undefined || isOff(old, tools.now()))) {
    const says = old === undefined ? 'The source has it no more.' : 'The source says that it is off.'
    const state = old === undefined ? ('already_absent' as const) : ('source_says_off' as const)
    return done(
      state,
      `${says} Nobody gave us the old secret, so no login was tried.`,
      old === undefined ? 'absent' : 'source_says_off',
    )
  }
  if (isSame)
    return done(
      'source_says_off',
      'The source holds one secret, and the new one works. Nobody gave us the old one, so no login was tried.',
      'source_says_off',
    )
  return {
    state: 'failed',
    code: 'still_allowed',
    says: 'The source still lists the old credential as usable.',
    effect: 'still_allowed',
  }
}

function done(
  state: 'already_absent' | 'source_says_off',
  says: string,
  effect: 'absent' | 'source_says_off',
): Outcome {
  return { state: 'done', says, hops: [{ hop: 'old', title, state, evidence: 'source', says }], effect }
}

// The way back.

const revive: TakeStep = async (order, tools) => {
  if (!order.mayAct) return { state: 'refused', code: 'overruled', says: 'It stays off: the account is being revoked.' }
  const { plan, held } = order
  const target = targetOf(order, order.credentialRef)
  if (plan.can.disable && plan.can.enable) {
    const { did, evidence } = await handOf(
      tools,
      order.secretSubject,
      'enable',
    )({ target, ...(held.disabled ? { former: held.disabled } : {}) }, tools.signal)
    return { state: 'done', says: evidence, result: { did } }
  }
  if (held.removed === undefined)
    return {
      state: 'refused',
      code: 'conflict',
      says: 'The source gave nothing with which the old secret could be brought back.',
    }
  const { did, evidence } = await handOf(
    tools,
    order.secretSubject,
    'restore',
  )({ target, former: held.removed }, tools.signal)
  return { state: 'done', says: evidence, result: { did } }
}

/** Takes the new secret away again, if it is there. */
const withdraw: TakeStep = async (order, tools) => {
  const { fresh } = order.held
  if (fresh === undefined && order.fresh === null) {
    // The source may have made one that nobody heard of.
    const lost = order.plan.makes === 'source' ? await dropUnheard(order, tools) : undefined
    return lost ?? { state: 'done', says: 'There is no new secret.', result: { did: 'already' } }
  }
  const credential = await findFresh(order, tools)
  if (credential === null) {
    const { answer, says } =
      fresh === undefined ? noTry : await tryLogin(order, tools, { secret: fresh, credential: null, hop: 'new' })
    if (answer === 'refused')
      return { state: 'done', says: `The new secret opens nothing: ${says}.`, result: { did: 'already' } }
    return {
      state: 'refused',
      code: 'unclear',
      says: 'The source does not show which of its credentials is the new one. Remove it there.',
    }
  }
  if (credential === order.credentialRef)
    return { state: 'refused', code: 'unclear', says: 'The new secret cannot be told from the old one.' }
  const { did, evidence } = await handOf(
    tools,
    order.secretSubject,
    'delete',
  )({ target: targetOf(order, credential) }, tools.signal)
  return { state: 'done', says: evidence, result: { did } }
}
const noTry = { answer: 'unknown' as const, says: '' }

const verifyWithdrawn: TakeStep = async (order, tools) => {
  const { fresh } = order.held
  if (fresh === undefined) return { state: 'done', says: 'There was no new secret to try.' }
  const { answer, says } = await tryLogin(order, tools, { secret: fresh, credential: order.fresh, hop: 'new' })
  if (answer === 'accepted')
    return { state: 'failed', code: 'still_allowed', says: `The new secret still works: ${says}.` }
  if (answer === 'unknown') return { state: 'failed', code: 'unclear', says }
  return { state: 'done', says: `A login with the new secret is refused: ${says}.` }
}

const restoreFormer: TakeStep = async (order, tools) => {
  if (!order.mayAct)
    return { state: 'refused', code: 'overruled', says: 'It was not brought back: the account is being revoked.' }
  if (order.held.former === undefined)
    return {
      state: 'refused',
      code: 'conflict',
      says: 'The source gave nothing with which the old secret could be brought back.',
    }
  const target = targetOf(order, order.credentialRef)
  const { did, evidence } = await handOf(
    tools,
    order.secretSubject,
    'restore',
  )({ target, former: order.held.former }, tools.signal)
  return { state: 'done', says: evidence, result: { did } }
}

const verifyOld: TakeStep = async (order, tools) => {
  const [secret] = order.held.old
  if (secret === undefined)
    return {
      state: 'done',
      says: 'The source brought the old secret back. Nobody gave it to us, so no login was tried.',
      effect: 'unknown',
    }
  const { answer, says } = await tryLogin(order, tools, { secret, credential: order.credentialRef, hop: 'old' })
  if (answer === 'accepted')
    return { state: 'done', says: `A login with the old secret works again: ${says}.`, effect: 'accepted' }
  if (answer === 'unknown') return { state: 'failed', code: 'unclear', says }
  if (tools.now() - order.begunAt < settlesWithinMs) return { state: 'failed', code: 'not_yet', says }
  return { state: 'refused', code: 'login_refused', says: `A login with the old secret is still refused: ${says}.` }
}

export const renewSteps: { [Step in StepName]?: TakeStep } = {
  ...{ prepare, issue, verify_new: verifyNew, retire, verify_dead: verifyDead },
  ...{ revive, withdraw, verify_withdrawn: verifyWithdrawn, restore_former: restoreFormer, verify_old: verifyOld },
}
