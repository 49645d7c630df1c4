import type { CredentialRecord, IdentityRecord, NodeRef } from './contract'
import type { Graph } from './record-graph'

/**
 * A key that acts with the rights of a person: an identity of its own that impersonates the person, so that it has an
 * owner and is reviewed, and the credential that authenticates it.
 */
export function addPersonalKey(
  graph: Graph,
  key: Omit<CredentialRecord, 'type' | 'subject'>,
  owner: NodeRef,
  at: string,
  extra: Partial<Pick<IdentityRecord, 'description' | 'ownerHints' | 'attributes'>> = {},
): void {
  const self: NodeRef = { type: 'identity', externalId: key.externalId }
  graph.add(
    {
      type: 'identity',
      externalId: key.externalId,
      kind: 'api_client',
      name: key.name,
      status: key.status,
      createdAt: key.createdAt,
      lastUsedAt: key.lastUsedAt,
      ...extra,
      attributes: { personalKey: true, ...extra.attributes },
    },
    at,
  )
  graph.add({ type: 'credential', ...key, subject: self }, at)
  graph.edge({ kind: 'impersonates', from: self, to: owner, basis: 'entitlement' }, at)
}
