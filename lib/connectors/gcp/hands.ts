import { setTimeout as sleep } from 'node:timers/promises'
import { unlessGone } from '../json-source'
import type { Call, Effect, Hands, Issued, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { accountName, administer, type GoogleSession, logIn } from './client'
import { field, idText, text } from './fields'
import { readKeyFile } from './key-file'
import { projectOfEmail } from './members'
import { changePolicy } from './policy-hands'

/** A new key is not known everywhere at once: so long it is waited for. */
const knownWithinMs = 40_000

/** Where an account is: by what was found, else by its address, else the connection's first project, for Google's default accounts. */
function nameOf(session: GoogleSession, { target }: Order): { email: string; name: string } {
  const email = target.identity.toLowerCase()
  if (!/^[^\s@/]+@[a-z0-9.-]+\.gserviceaccount\.com$/.test(email))
    throw new LiveError('not_found', `${target.identity} is no service account of Google Cloud.`)
  const project = session.homes.get(email) ?? projectOfEmail(email) ?? session.projects[0] ?? ''
  return { email, name: accountName(project, email) }
}

const get = (session: GoogleSession, name: string, call: Call) =>
  administer(session, session.iam, { method: 'GET', path: `/v1/${name}` }, call)
const post = (session: GoogleSession, path: string, call: Call, body: object = {}) =>
  administer(session, session.iam, { method: 'POST', path: `/v1/${path}`, body }, call)
const erase = (session: GoogleSession, name: string, call: Call) =>
  administer(session, session.iam, { method: 'DELETE', path: `/v1/${name}` }, call).then(() => true)

/** An account or a key, which Google switches the same way. */
async function setEnabled(
  session: GoogleSession,
  name: string,
  enabled: boolean,
  what: string,
  call: Call,
): Promise<Effect> {
  const evidence = `Google says that the ${what} is ${enabled ? 'enabled' : 'disabled'}`
  const isEnabled = field(await get(session, name, call), 'disabled') !== true
  if (isEnabled === enabled) return { did: 'already', evidence }
  await post(session, `${name}:${enabled ? 'enable' : 'disable'}`, call)
  return { did: 'done', evidence }
}

async function removeAccount(session: GoogleSession, order: Order, call: Call): Promise<Effect> {
  const { name } = nameOf(session, order)
  const evidence = 'Google knows no such service account; it can be brought back for 30 days'
  const account = await unlessGone(get(session, name, call))
  const uniqueId = idText(field(account, 'uniqueId'))
  const former = uniqueId === undefined ? undefined : new Secret(uniqueId)
  if (former) await order.keep?.(former)
  const gone = account === undefined ? undefined : await unlessGone(erase(session, name, call))
  if (gone === undefined) return { did: 'already', evidence: 'Google knows no such service account' }
  return { did: 'done', ...(former === undefined ? {} : { former }), evidence }
}

/** By its unique id: another account may have taken the address meanwhile, and then Google refuses. */
async function restoreAccount(session: GoogleSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const { email, name } = nameOf(session, order)
  const uniqueId = order.former.reveal()
  if (!/^\d{1,40}$/.test(uniqueId))
    throw new LiveError('conflict', 'What was kept at the deletion does not say which account to bring back.')
  const evidence = 'Google knows the service account again'
  const present = await unlessGone(get(session, name, call))
  if (idText(field(present, 'uniqueId')) === uniqueId) return { did: 'already', evidence }
  if (present !== undefined)
    throw new LiveError('conflict', `Another service account has the address ${email}: delete that one first.`)
  await post(session, `${name.replace(/[^/]+$/, uniqueId)}:undelete`, call)
  return { did: 'done', evidence }
}

/** The key of an order, which has to be of its account. */
function keyOf(session: GoogleSession, order: Order): string {
  const { email, name } = nameOf(session, order)
  const [, account, id] =
    /^projects\/[^/]+\/serviceAccounts\/([^/]+)\/keys\/([\w-]+)$/.exec(order.target.credential ?? '') ?? []
  if (account === undefined || id === undefined) throw new LiveError('not_found', 'The order names no key.')
  if (account.toLowerCase() !== email)
    throw new LiveError('conflict', `${order.target.credential} is no key of ${email}.`)
  return `${name}/keys/${id}`
}

/** Google makes the key and gives it once. When it ends, the organization's rules say. */
async function issue(session: GoogleSession, order: Order, call: Call): Promise<Issued> {
  const { email, name } = nameOf(session, order)
  const body = { privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE', keyAlgorithm: 'KEY_ALG_RSA_2048' }
  const made = await post(session, `${name}/keys`, call, body)
  const [place, data] = [text(field(made, 'name')), text(field(made, 'privateKeyData'))]
  if (place === undefined || data === undefined)
    throw new LiveError('unexpected_answer', 'Google made a key and did not give it.')
  const secret = new Secret(Buffer.from(data, 'base64').toString('utf8'))
  const project = /^projects\/([^/]+)\//.exec(name)?.[1] ?? ''
  await untilKnown(session, email, secret, call)
  const credential = `projects/${decodeURIComponent(project)}/serviceAccounts/${email}/keys/${place.split('/').at(-1)}`
  return { credential, secret, replacesFormer: false }
}

/** The key is there whatever comes of this: it must not be lost. */
async function untilKnown(session: GoogleSession, email: string, secret: Secret, call: Call): Promise<void> {
  const until = Date.now() + knownWithinMs
  while (Date.now() < until && !call.signal.aborted) {
    const { answer } = await tryOut(session, email, secret, call).catch(() => ({ answer: 'unknown' }))
    if (answer !== 'refused') return
    await sleep(1_000, undefined, { signal: call.signal }).catch(() => {})
  }
}

async function tryOut(session: GoogleSession, email: string, secret: Secret, call: Call): Promise<Verdict> {
  const key = readKeyFile(secret.reveal())
  if (key === undefined) return { answer: 'refused', reason: 'it is not the JSON file of a key' }
  if (key.email !== undefined && key.email !== email)
    return { answer: 'unknown', reason: `the file says that it is a key of ${key.email}` }
  const { status, body, reason } = await logIn(session, key, email, call)
  if (status === 200) return { answer: 'accepted', reason: 'Google issued a token' }
  const code = text(field(body, 'error')) ?? ''
  // A clock that is wrong is told by the same code.
  const isRefused = ['invalid_grant', 'unauthorized_client', 'invalid_client', 'disabled_client'].includes(code)
  if (isRefused && !/timeframe/i.test(reason)) return { answer: 'refused', reason }
  return { answer: 'unknown', reason: `Google did not say whether the key is right: ${reason}` }
}

async function verify(session: GoogleSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { email } = nameOf(session, order)
  try {
    return await tryOut(session, email, order.secret, call)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code === 'cancelled') throw error
    return { answer: 'unknown', reason: error.message }
  }
}

async function removeKey(session: GoogleSession, order: Order, call: Call): Promise<Effect> {
  const done = await unlessGone(erase(session, keyOf(session, order), call))
  return { did: done === undefined ? 'already' : 'done', evidence: 'the account has no such key' }
}

export const accountHands: Hands<GoogleSession> = {
  disable: (session, order, call) => setEnabled(session, nameOf(session, order).name, false, 'service account', call),
  enable: (session, order, call) => setEnabled(session, nameOf(session, order).name, true, 'service account', call),
  delete: removeAccount,
  restore: restoreAccount,
  grant: (session, order, call) => changePolicy(session, nameOf(session, order).email, order, true, call),
  ungrant: (session, order, call) => changePolicy(session, nameOf(session, order).email, order, false, call),
}
export const keyHands: Hands<GoogleSession> = {
  ...{ issue, verify, delete: removeKey },
  disable: (session, order, call) => setEnabled(session, keyOf(session, order), false, 'key', call),
  enable: (session, order, call) => setEnabled(session, keyOf(session, order), true, 'key', call),
}
