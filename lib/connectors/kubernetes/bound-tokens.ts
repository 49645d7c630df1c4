import type { CredentialRecord, NodeRef } from '../contract'
import { field, instant } from './fields'
import type { Graph } from './graph'
import { ids } from './ids'
import type { KubernetesObject } from './objects'

/**
 * Kubernetes keeps no list of the tokens that it issued. A token that is made here is bound to a Secret without content: the token
 * lives as long as that does, and by it the token is found again, told apart and ended.
 */
export const boundTokenType = 'bailiwick/bound-token'
export const annotations = { account: 'bailiwick/token-of', expires: 'bailiwick/expires-at' }

/** The account whose token is bound to the Secret; `undefined` = it binds none. */
export function accountOfBoundToken({ annotations: said }: Pick<KubernetesObject, 'annotations'>): string | undefined {
  return said[annotations.account]
}

/** The token that is bound to the Secret. Its value is nowhere in the cluster. */
export function mapBoundToken(object: KubernetesObject, namespace: string, account: string, graph: Graph): void {
  const subject: NodeRef = ids.serviceAccount(object.cluster, namespace, account)
  const expiresAt = instant(object.annotations[annotations.expires])
  const record: CredentialRecord = {
    type: 'credential',
    externalId: ids.token(object.cluster, namespace, object.name).externalId,
    subject,
    credentialType: 'access_token',
    name: `${namespace}/${object.name}`,
    status: 'active',
    createdAt: instant(field(object.metadata, 'creationTimestamp')),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    attributes: { namespace, boundTo: `Secret ${namespace}/${object.name}` },
  }
  graph.add(record)
}
