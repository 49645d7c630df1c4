import { LiveError } from '@/lib/connectors/live-error'
import type { StepName, Twin } from '../engine/steps'
import { renewSteps, usedWithin } from './apply-renewal'
import { readBack } from './read-back'
import { handOf, type Outcome, type StepOrder, type TakeStep, type Tools, tryLogin } from './verify-login'

/**
 * A rotation by two accounts in turn: the steps of one with two secrets, where the new secret is that of the idle account and the old
 * one ends with the account that was in use. Accounts are switched off, never deleted.
 */

function twinOf({ plan }: StepOrder): Twin {
  if (plan.twin === undefined) throw new Error('this run is of one account')
  return plan.twin
}

/** The same order, about the idle account. */
function toIdle(order: StepOrder): StepOrder {
  const { ref, credentialRef } = twinOf(order)
  return { ...order, identityRef: ref, credentialRef, fresh: credentialRef }
}

const prepare: TakeStep = async (order, tools) => {
  const { name, ref } = twinOf(order)
  const own = await readBack(tools.connection, order.identityRef, tools.signal)
  if (own.identity === undefined && own.isWhole)
    return { state: 'refused', code: 'gone', says: 'The source has no such account any more: there is nothing to do.' }
  if (own.identity?.status === 'disabled')
    return {
      ...{ state: 'refused', code: 'disabled' },
      says: 'The account that is in use is switched off at the source. Say which of the two is used now, on the page of either.',
    }
  const idle = await readBack(tools.connection, ref, tools.signal)
  if (idle.identity === undefined)
    return {
      ...{ state: 'refused', code: 'gone' },
      says: `The source does not list its twin ${name}. Nothing was changed.`,
    }
  const off = idle.identity.status === 'disabled' ? ', and off' : ''
  return { state: 'done', says: `The account is there, and on. Its twin ${name} is there${off}.` }
}

/**
 * Sets the new secret on the idle account first, and then switches that on: what it signed in with before never works again. Both may
 * be done again.
 */
const issue: TakeStep = async (order, tools) => {
  const idle = toIdle(order)
  const { held } = order
  const { name, ref, credentialRef } = twinOf(order)
  const secret = held.fresh
  if (secret === undefined) throw new Error('a new secret is stored before it is set')
  if (order.isAgain) {
    const { answer } = await tryLogin(idle, tools, { secret, credential: credentialRef, hop: 'new' })
    if (answer === 'accepted')
      return { state: 'done', says: `It had been set on ${name} already.`, result: { credential: credentialRef } }
  }
  if (!order.mayAct)
    return { state: 'refused', code: 'overruled', says: 'It was not set: the account is being revoked.' }
  const target = { identity: ref, credential: credentialRef }
  const { former } = await handOf(
    tools,
    order.secretSubject,
    'issue',
  )({ target, secret, keep: (was) => tools.keep({ purpose: 'former', secret: was }) }, tools.signal)
  const on = await handOf(
    tools,
    'identity',
    'enable',
  )({ target: { identity: ref }, ...(held.idle ? { former: held.idle } : {}) }, tools.signal)
  return {
    ...{ state: 'done', result: { credential: credentialRef } },
    says: `The new secret is set on ${name}${on.did === 'already' ? ', which is on' : ', which was switched on'}. The account in use is as it was.`,
    keep: former ? [{ purpose: 'former', secret: former }] : [],
  }
}

/** Switches off the account that was in use, once it is quiet. */
const retire: TakeStep = async (order, tools) => {
  const used = order.plan.quietSeconds ? await usedWithin(order.plan.quietSeconds, order, tools) : null
  if (used) return used
  return turnOff(order, tools, order.identityRef, 'disabled')
}

async function turnOff(
  { held }: StepOrder,
  tools: Tools,
  identity: string,
  purpose: 'disabled' | 'idle',
): Promise<Outcome> {
  const keep = (secret: NonNullable<(typeof held)[typeof purpose]>) => tools.keep({ purpose, secret })
  const { did, former, evidence } = await handOf(
    tools,
    'identity',
    'disable',
  )({ target: { identity }, keep }, tools.signal)
  return {
    ...{ state: 'done', says: evidence, result: { did } },
    ...(purpose === 'disabled' ? { effect: 'acknowledged' as const } : {}),
    ...(former ? { keep: [{ purpose, secret: former }] } : {}),
  }
}

const title = 'The account that was in use'

/** Tries the old secret where it is held; else asks the source whether the account is off, and says that it did. */
const verifyDead: TakeStep = async (order, tools) => {
  if (order.held.old.length > 0) return (renewSteps.verify_dead as TakeStep)(order, tools)
  const { identity, isWhole } = await readBack(tools.connection, order.identityRef, tools.signal)
  const hop = { hop: 'old', title, evidence: 'source' as const }
  const noLogin = 'Nobody gave us its secret, so no login was tried.'
  if (identity?.status === 'disabled') {
    const says = `The source says that it is switched off. ${noLogin}`
    return { state: 'done', says, hops: [{ ...hop, state: 'source_says_off', says }], effect: 'source_says_off' }
  }
  if (identity === undefined && isWhole) {
    const says = `The source has it no more. ${noLogin}`
    return { state: 'done', says, hops: [{ ...hop, state: 'already_absent', says }], effect: 'absent' }
  }
  const says = 'The source does not say that it is off.'
  return {
    state: 'failed',
    code: 'still_allowed',
    says,
    hops: [{ ...hop, state: 'still_allowed', says }],
    effect: 'still_allowed',
  }
}

// The way back.

const revive: TakeStep = async (order, tools) => {
  if (!order.mayAct) return { state: 'refused', code: 'overruled', says: 'It stays off: the account is being revoked.' }
  const { disabled } = order.held
  const target = { identity: order.identityRef }
  const { did, evidence } = await handOf(
    tools,
    'identity',
    'enable',
  )({ target, ...(disabled ? { former: disabled } : {}) }, tools.signal)
  return { state: 'done', says: evidence, result: { did } }
}

const verifyOld: TakeStep = async (order, tools) => {
  if (order.held.old.length > 0) return (renewSteps.verify_old as TakeStep)(order, tools)
  const { identity } = await readBack(tools.connection, order.identityRef, tools.signal)
  if (identity?.status === 'active')
    return {
      ...{ state: 'done', effect: 'source_says_on' },
      says: 'The source says that the former account is on again. Nobody gave us its secret, so no login was tried.',
    }
  if (identity === undefined) throw new LiveError('not_found', 'The source does not list the former account.')
  return { state: 'failed', code: 'not_yet', says: 'The source does not say that the former account is on.' }
}

/** The idle account goes off again: what was set on it opens nothing then. */
const withdraw: TakeStep = (order, tools) => turnOff(order, tools, twinOf(order).ref, 'idle')

const onIdle =
  (step: 'verify_new' | 'verify_withdrawn'): TakeStep =>
  (order, tools) =>
    (renewSteps[step] as TakeStep)(toIdle(order), tools)

export const twinSteps: { [Step in StepName]?: TakeStep } = {
  ...{ prepare, issue, retire, verify_dead: verifyDead, verify_new: onIdle('verify_new') },
  ...{ revive, verify_old: verifyOld, withdraw, verify_withdrawn: onIdle('verify_withdrawn') },
}
