import { randomBytes } from 'node:crypto'
import { unlessGone } from '../json-source'
import type { Call, Effect, Hands, Issued, IssueOrder, LiveUse, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { changeBindings } from './binding-hands'
import { annotations, boundTokenType } from './bound-tokens'
import { administer, type KubernetesSession, listAll } from './client'
import { field, instant, list, path, text } from './fields'
import { ids } from './ids'
import { accountSaid } from './read-page'

/** A token lives so long when the order does not say otherwise, in seconds; the cluster gives none for less than ten minutes. */
const [usualLifetime, shortest] = [90 * 86_400, 600]
/** What the cluster may give less or more than it was asked for, in seconds, without being asked again. */
const tolerance = 120

/** Namespace and name of a service account. */
function accountOf({ target }: Order): { namespace: string; name: string } {
  const [, namespace, name] = /^serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(target.identity) ?? []
  if (namespace === undefined || name === undefined)
    throw new LiveError('not_found', `${target.identity} is no service account of the cluster.`)
  return { namespace, name }
}

const placeOf = ({ namespace, name }: { namespace: string; name: string }) =>
  `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`

/** A token that is bound to a Secret of its own: Kubernetes ends it with the Secret, and the account ends both. */
async function issue(session: KubernetesSession, order: IssueOrder, call: Call): Promise<Issued> {
  const account = accountOf(order)
  const metadata = field(await administer(session, { method: 'GET', path: placeOf(account) }, call), 'metadata')
  const uid = text(field(metadata, 'uid'))
  if (uid === undefined) throw new LiveError('unexpected_answer', 'Kubernetes gave a service account without uid.')
  const wanted = order.expiresAt == null ? usualLifetime : secondsUntil(order.expiresAt)
  const first = await makeToken(session, account, uid, Math.max(shortest, wanted), call)
  const isAsWanted = Math.abs(first.lifetime - Math.max(shortest, wanted)) <= tolerance
  if (isAsWanted) return first.issued
  // The cluster gives others than it is asked for: what is written down with the token has to be true.
  await endToken(session, account.namespace, first.secretName, call)
  return (await makeToken(session, account, uid, first.lifetime, call)).issued
}

const secondsUntil = (instantText: string) => Math.round((Date.parse(instantText) - Date.now()) / 1000)

async function makeToken(
  session: KubernetesSession,
  { namespace, name }: { namespace: string; name: string },
  uid: string,
  lifetime: number,
  call: Call,
): Promise<{ issued: Issued; lifetime: number; secretName: string }> {
  const secretName = `${name.slice(0, 200)}-token-${randomBytes(4).toString('hex')}`
  const expires = new Date(Date.now() + lifetime * 1000).toISOString()
  const body = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: boundTokenType, immutable: true },
    metadata: {
      ...{ name: secretName, namespace, annotations: { [annotations.account]: name, [annotations.expires]: expires } },
      // With the account goes what binds its tokens.
      ownerReferences: [{ apiVersion: 'v1', kind: 'ServiceAccount', name, uid }],
    },
  }
  const made = await administer(
    session,
    { method: 'POST', path: `/api/v1/namespaces/${namespace}/secrets`, body },
    call,
  )
  try {
    const bound = { apiVersion: 'v1', kind: 'Secret', name: secretName, uid: path(made, 'metadata', 'uid') }
    const asked = {
      ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
      spec: { expirationSeconds: lifetime, boundObjectRef: bound },
    }
    const place = `${placeOf({ namespace, name })}/token`
    const answer = await administer(session, { method: 'POST', path: place, body: asked }, call)
    const token = text(path(answer, 'status', 'token'))
    const until = instant(path(answer, 'status', 'expirationTimestamp'))
    if (token === undefined || until === undefined)
      throw new LiveError('unexpected_answer', 'Kubernetes issued a token and did not give it.')
    return {
      issued: {
        credential: ids.token('', namespace, secretName).externalId,
        secret: new Secret(token),
        replacesFormer: false,
      },
      ...{ lifetime: secondsUntil(until), secretName },
    }
  } catch (error) {
    // Nothing is bound to it: it is of no use. That it stays is no harm, so that the first error is what counts.
    await endToken(session, namespace, secretName, call).catch(() => {})
    throw error
  }
}

const secretPlace = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`

async function endToken(session: KubernetesSession, namespace: string, name: string, call: Call): Promise<void> {
  await administer(session, { method: 'DELETE', path: secretPlace(namespace, name) }, call)
}

async function verify(session: KubernetesSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { namespace, name } = accountOf(order)
  const body = {
    ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' },
    spec: { token: order.secret.reveal() },
  }
  const question = { method: 'POST' as const, path: '/apis/authentication.k8s.io/v1/tokenreviews', body }
  try {
    const status = field(await administer(session, question, call, [order.secret]), 'status')
    if (field(status, 'authenticated') !== true)
      return { answer: 'refused', reason: 'TokenReview does not take it for a token of anybody' }
    const whose = text(path(status, 'user', 'username')) ?? 'somebody'
    if (whose === `system:serviceaccount:${namespace}:${name}`)
      return { answer: 'accepted', reason: 'TokenReview says whose token it is' }
    return { answer: 'unknown', reason: `TokenReview takes it for a token of ${whose}` }
  } catch (error) {
    if (!(error instanceof LiveError) || error.code === 'cancelled') throw error
    return { answer: 'unknown', reason: error.message }
  }
}

/** Of the Secret of an order only what is not its content: who it belongs to is all that is asked. */
const metadataOnly = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }

async function secretOf(session: KubernetesSession, order: Order, call: Call) {
  const { namespace, name } = accountOf(order)
  const [, where, secretName] = /^token:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(order.target.credential ?? '') ?? []
  if (secretName === undefined)
    throw new LiveError(
      'not_found',
      'The order names no token that a Secret holds or binds. Tokens of pods end with them.',
    )
  const question = { method: 'GET' as const, path: secretPlace(where ?? '', secretName), headers: metadataOnly }
  const metadata = field(await administer(session, question, call), 'metadata')
  if (where !== namespace || accountSaid(metadata) !== name)
    throw new LiveError('conflict', `${order.target.credential} is no token of ${namespace}/${name}.`)
  return { namespace, secretName, metadata }
}

async function removeToken(session: KubernetesSession, order: Order, call: Call): Promise<Effect> {
  const found = await unlessGone(secretOf(session, order, call))
  const evidence = 'the cluster has no such Secret'
  if (found === undefined) return { did: 'already', evidence }
  const { namespace, secretName, metadata } = found
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: field(metadata, 'uid') } }
  const question = { method: 'DELETE' as const, path: secretPlace(namespace, secretName), body }
  const done = await unlessGone(administer(session, question, call).then(() => true))
  return { did: done === undefined ? 'already' : 'done', evidence }
}

async function tokenUse(session: KubernetesSession, order: Order, call: Call): Promise<LiveUse> {
  const { metadata } = await secretOf(session, order, call)
  const used = instant(path(metadata, 'labels', 'kubernetes.io/legacy-token-last-used'))
  return {
    sessions: [],
    ...(used === undefined ? {} : { lastUsedAt: used }),
    blindSpots:
      'The cluster notes the day of the last use for tokens that a Secret holds (since 1.26), and nothing for those that are bound to one. Only its audit log tells more.',
  }
}

async function removeAccount(session: KubernetesSession, order: Order, call: Call): Promise<Effect> {
  const gone = await unlessGone(
    administer(session, { method: 'DELETE', path: placeOf(accountOf(order)) }, call).then(() => true),
  )
  return { did: gone === undefined ? 'already' : 'done', evidence: 'the cluster has no such service account' }
}

/** Pods that run as it. */
async function accountUse(session: KubernetesSession, order: Order, call: Call): Promise<LiveUse> {
  const { namespace, name } = accountOf(order)
  const keep = (pod: unknown): LiveUse['sessions'] => {
    const phase = text(path(pod, 'status', 'phase'))
    if (phase === 'Succeeded' || phase === 'Failed') return []
    const [from, since] = [text(path(pod, 'status', 'podIP')), instant(path(pod, 'status', 'startTime'))]
    const program = text(field(list(path(pod, 'spec', 'containers'))[0], 'image'))
    return [
      {
        id: `pod:${namespace}:${text(path(pod, 'metadata', 'name')) ?? ''}`,
        ...(from === undefined ? {} : { from }),
        ...(program === undefined ? {} : { program }),
        ...(since === undefined ? {} : { since }),
      },
    ]
  }
  const place = `/api/v1/namespaces/${namespace}/pods`
  return {
    sessions: await listAll(session, place, call, keep, `spec.serviceAccountName=${name}`),
    blindSpots:
      'These are the pods that run as it. Who uses its tokens from elsewhere, only the cluster’s audit log tells.',
  }
}

export const accountHands: Hands<KubernetesSession> = {
  delete: removeAccount,
  grant: (session, order, call) => changeBindings(session, accountOf(order), order, true, call),
  ungrant: (session, order, call) => changeBindings(session, accountOf(order), order, false, call),
  whoUses: accountUse,
}
export const tokenHands: Hands<KubernetesSession> = { issue, verify, delete: removeToken, whoUses: tokenUse }
