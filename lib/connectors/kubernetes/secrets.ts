import type { CredentialRecord, Instant, NodeRef } from '../contract'
import { accountOfBoundToken, boundTokenType, mapBoundToken } from './bound-tokens'
import { type Fields, field, instant, isFields, text } from './fields'
import type { Graph } from './graph'
import { environmentOf } from './hints'
import { defaultNamespace, ids } from './ids'
import { type KubernetesObject, printPlace } from './objects'
import { addResource } from './resources'
import { accountOfToken } from './service-accounts'

const tokenType = 'kubernetes.io/service-account-token'

/** The names of a Secret's entries are facts; their values never leave this file. */
export function mapSecret(object: KubernetesObject, graph: Graph, fingerprint: (secret: string) => string): void {
  const namespace = object.namespace ?? defaultNamespace
  const ref = ids.secret(object.cluster, namespace, object.name)
  const secretType = text(field(object.body, 'type')) ?? 'Opaque'
  const data = fieldsOf(object.body, 'data')
  const stringData = fieldsOf(object.body, 'stringData')
  const keys = [...new Set([...Object.keys(data), ...Object.keys(stringData)])].slice(0, 100)
  graph.add({
    type: 'resource',
    externalId: ref.externalId,
    kind: 'secret_store',
    name: `${namespace}/${object.name}`,
    environment: environmentOf(namespace, object.labels),
    sensitivity: 'confidential',
    attributes: { namespace, secretType, ...(keys.length === 0 ? {} : { keys }) },
  })
  if (secretType === tokenType) mapToken(object, namespace, ref, tokenValue(data, stringData), graph, fingerprint)
  const account = secretType === boundTokenType ? accountOfBoundToken(object) : undefined
  if (account !== undefined) mapBoundToken(object, namespace, account, graph)
}

function fieldsOf(body: Fields, name: string): Fields {
  const value = field(body, name)
  return isFields(value) ? value : {}
}

function tokenValue(data: Fields, stringData: Fields): string | undefined {
  const plain = text(stringData.token)
  if (plain !== undefined) return plain
  const encoded = text(data.token)
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8') || undefined
}

function mapToken(
  object: KubernetesObject,
  namespace: string,
  secret: NodeRef,
  token: string | undefined,
  graph: Graph,
  fingerprint: (secret: string) => string,
): void {
  const ref = ids.token(object.cluster, namespace, object.name)
  const account = accountOfToken(object)
  const subject = account === undefined ? undefined : ids.serviceAccount(object.cluster, namespace, account)
  const invalidSince = object.labels['kubernetes.io/legacy-token-invalid-since']
  const credential: CredentialRecord = {
    type: 'credential',
    externalId: ref.externalId,
    subject,
    credentialType: 'access_token',
    name: `${namespace}/${object.name}`,
    status: invalidSince === undefined ? 'active' : 'disabled',
    createdAt: instant(field(object.metadata, 'creationTimestamp')),
    expiresAt: expiryOf(token),
    lastUsedAt: instant(object.labels['kubernetes.io/legacy-token-last-used']),
    attributes: { namespace, legacyToken: true },
  }
  if (token !== undefined) {
    credential.fingerprint = fingerprint(token)
    if (token.length >= 16) credential.lastFour = token.slice(-4)
  }
  graph.add(credential)
  const at = printPlace(object.place)
  if (subject === undefined)
    graph.unresolved(ref.externalId, at, 'the token does not say which service account it belongs to')
  else if (!graph.has(subject))
    graph.unresolved(subject.externalId, at, 'is the subject of a token; the file does not define it')
  graph.edge({ kind: 'stores', from: secret, to: ref, basis: 'declared' })
  // Whoever may read all secrets of the namespace or of the cluster reads this one.
  for (const scope of [namespace, '*']) {
    const from = addResource(graph, object.cluster, scope, '', 'secrets')
    graph.edge({ kind: 'stores', from, to: ref, basis: 'declared' })
  }
}

/** A token Secret lives until it is deleted, unless the token itself (a JWT) says otherwise. */
function expiryOf(token: string | undefined): Instant {
  const payload = token?.split('.')[1]
  if (payload === undefined) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const seconds = field(claims, 'exp')
    if (typeof seconds === 'number' && seconds > 0 && seconds < 253_402_300_800)
      return new Date(seconds * 1000).toISOString()
  } catch {
    // Not a JWT: the Secret's own lifetime counts.
  }
  return null
}
