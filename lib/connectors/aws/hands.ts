import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Effect, Hands, Issued, LiveUse, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import {
  type AccessKey,
  type AwsSession,
  callerOf,
  createKey,
  deleteKey,
  deletePolicy,
  explainAws,
  putPolicy,
  readAccessKeys,
  readKeyUse,
  readPolicy,
  setKey,
} from './client'
import { disabledPolicy } from './live-map'

const revokingPolicy = 'AWSRevokeOlderSessions'
const everything = { Effect: 'Deny', Action: ['*'], Resource: ['*'] }

/** A new key is not known everywhere at once: so long it is waited for. */
const knownWithinMs = 20_000

/** `arn:aws:iam::123456789012:user/path/name` of the account that is connected to. */
function userName({ account }: AwsSession, { target }: Order): string {
  const [, own, name] = /^arn:[a-z-]+:iam::(\d{12}):user\/(?:[^\s#]+\/)?([\w+=,.@-]+)$/.exec(target.identity) ?? []
  if (name === undefined || own !== account)
    throw new LiveError('not_found', `${target.identity} is no user of the account ${account}.`)
  return name
}

async function demandKey(session: AwsSession, order: Order, call: Call): Promise<{ user: string; key: AccessKey }> {
  const user = userName(session, order)
  const key = (await readAccessKeys(session, user, call)).find(({ id }) => id === order.target.credential)
  if (key === undefined) throw new LiveError('not_found', `${user} has no such access key (any more).`)
  return { user, key }
}

async function issue(session: AwsSession, order: Order, call: Call): Promise<Issued> {
  const user = userName(session, order)
  if ((await readAccessKeys(session, user, call)).length >= 2)
    throw new LiveError('conflict', `${user} has two access keys, and AWS allows no third: delete one first.`)
  const { id, secret: text } = await createKey(session, user, call)
  const secret = new Secret(text)
  await untilKnown(session, id, secret, call)
  return { credential: id, secret, replacesFormer: false }
}

/** The key is there whatever comes of this: its secret must not be lost. */
async function untilKnown(session: AwsSession, id: string, secret: Secret, call: Call): Promise<void> {
  const until = Date.now() + knownWithinMs
  while (Date.now() < until && !call.signal.aborted) {
    try {
      await callerOf(session.config, session.setting, id, secret, call)
      return
    } catch (error) {
      if (explainAws(error)?.code !== 'login_refused') return
      await sleep(500, undefined, { signal: call.signal }).catch(() => {})
    }
  }
}

async function verify(session: AwsSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { identity, credential } = order.target
  if (credential === undefined) throw new LiveError('conflict', 'Name the access key that the secret belongs to.')
  try {
    const { ownArn } = await callerOf(session.config, session.setting, credential, order.secret, call)
    if (ownArn === identity) return { answer: 'accepted', reason: 'AWS says whose key it is (GetCallerIdentity)' }
    return { answer: 'unknown', reason: `AWS takes it for a key of ${ownArn}` }
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainAws(thrown)
    if (error?.code === 'login_refused') return { answer: 'refused', reason: error.message }
    return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
}

async function disableKey(session: AwsSession, order: Order, call: Call): Promise<Effect> {
  const { user, key } = await demandKey(session, order, call)
  if (!key.isActive) return { did: 'already', evidence: 'the key is Inactive' }
  await setKey(session, user, key.id, false, call)
  return { did: 'done', evidence: 'the key is Inactive' }
}

async function enableKey(session: AwsSession, order: Order, call: Call): Promise<Effect> {
  const { user, key } = await demandKey(session, order, call)
  if (key.isActive) return { did: 'already', evidence: 'the key is Active' }
  await setKey(session, user, key.id, true, call)
  return { did: 'done', evidence: 'the key is Active' }
}

async function removeKey(session: AwsSession, order: Order, call: Call): Promise<Effect> {
  try {
    const { user, key } = await demandKey(session, order, call)
    await deleteKey(session, user, key.id, call)
    return { did: 'done', evidence: 'ListAccessKeys holds no such key' }
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainAws(thrown)
    if (error?.code !== 'not_found') throw thrown
    return { did: 'already', evidence: 'ListAccessKeys holds no such key' }
  }
}

async function keyUse(session: AwsSession, order: Order, call: Call): Promise<LiveUse> {
  const { key } = await demandKey(session, order, call)
  const { at } = await readKeyUse(session, key.id, call)
  return {
    sessions: [],
    lastUsedAt: at,
    blindSpots:
      'AWS lists no sessions, keeps only the last use, some hours late, and counts neither GetCallerIdentity nor what was refused',
  }
}

/** Everything is denied, and its keys become inactive. Which they were is what brings it back. */
async function disable(session: AwsSession, order: Order, call: Call): Promise<Effect> {
  const user = userName(session, order)
  const active = (await readAccessKeys(session, user, call)).filter(({ isActive }) => isActive)
  const isDenied = (await readPolicy(session, user, disabledPolicy, call)) !== undefined
  if (isDenied && active.length === 0) return { did: 'already', evidence: `the policy ${disabledPolicy} is there` }
  const former = new Secret(JSON.stringify({ keys: active.map(({ id }) => id) }))
  await order.keep?.(former)
  if (!isDenied)
    await putPolicy(session, user, disabledPolicy, { Version: '2012-10-17', Statement: [everything] }, call)
  for (const { id } of active) await setKey(session, user, id, false, call)
  return {
    did: 'done',
    former,
    evidence: `the policy ${disabledPolicy} denies everything, and ${active.length} keys are Inactive`,
  }
}

async function enable(session: AwsSession, order: Order, call: Call): Promise<Effect> {
  const user = userName(session, order)
  const { keys: former = [] } = JSON.parse(order.former?.reveal() ?? '{}') as { keys?: string[] }
  const idle = (await readAccessKeys(session, user, call)).filter(
    ({ id, isActive }) => !isActive && former.includes(id),
  )
  const isDenied = (await readPolicy(session, user, disabledPolicy, call)) !== undefined
  if (!isDenied && idle.length === 0) return { did: 'already', evidence: `there is no policy ${disabledPolicy}` }
  // Keys first: as long as the policy is there they can do nothing.
  for (const { id } of idle) await setKey(session, user, id, true, call)
  if (isDenied) await deletePolicy(session, user, disabledPolicy, call)
  const rest = order.former === undefined ? '; which keys were active was not kept, so enable them one by one' : ''
  return { did: 'done', evidence: `the policy ${disabledPolicy} is gone, and ${idle.length} keys are Active${rest}` }
}

/** Denies whatever is signed by a session from before now; keys themselves go on. */
async function endSessions(
  session: AwsSession,
  order: Order,
  call: Call,
): Promise<Effect & { ended: number | 'unknown' }> {
  const user = userName(session, order)
  if ((await readPolicy(session, user, disabledPolicy, call)) !== undefined)
    return { did: 'already', ended: 0, evidence: `the policy ${disabledPolicy} denies everything already` }
  const before = { DateLessThan: { 'aws:TokenIssueTime': new Date().toISOString() } }
  const document = { Version: '2012-10-17', Statement: [{ ...everything, Condition: before }] }
  await putPolicy(session, user, revokingPolicy, document, call)
  return {
    did: 'done',
    ended: 'unknown',
    evidence: `the policy ${revokingPolicy} denies everything to sessions from before ${before.DateLessThan['aws:TokenIssueTime']}`,
  }
}

export const userHands: Hands<AwsSession> = { disable, enable, endSessions }
export const keyHands: Hands<AwsSession> = {
  ...{ issue, verify, disable: disableKey, enable: enableKey, delete: removeKey, whoUses: keyUse },
}
