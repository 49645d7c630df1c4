import type { IdentityRecord, NodeRef, NormalisedRecord } from '../contract'
import { type Fields, field } from './fields'
import type { Graph } from './graph'
import { defaultNamespace, ids } from './ids'
import type { KubernetesObject } from './objects'
import { tokensOf } from './pod-spec'

/** Whether a pod gets a token of its service account, and what says so; `undefined` = the account is not in the file. */
export interface TokenMount {
  isMounted: boolean
  why: string
}

/**
 * The pod's own `automountServiceAccountToken` decides, then the account's; without either a token is mounted. A token for
 * the API server that a volume projects is one as well.
 */
export function tokenMount(spec: Fields, account: IdentityRecord | undefined): TokenMount | undefined {
  if (tokensOf(spec).some(({ audience }) => audience === undefined))
    return { isMounted: true, why: 'a volume projects it' }
  const own = field(spec, 'automountServiceAccountToken')
  const says = (owner: string) => `automountServiceAccountToken of the ${owner}`
  if (typeof own === 'boolean') return { isMounted: own, why: `${says('pod')} is ${own}` }
  if (account === undefined) return undefined
  const theirs = account.attributes?.automountServiceAccountToken
  return typeof theirs === 'boolean'
    ? { isMounted: theirs, why: `${says('service account')} is ${theirs}` }
    : { isMounted: true, why: 'nothing forbids it' }
}

/** The projected tokens of a workload as credentials of its service account: short-lived, renewed by the kubelet. */
export function addProjectedTokens(object: KubernetesObject, spec: Fields, account: NodeRef, graph: Graph): void {
  const namespace = object.namespace ?? defaultNamespace
  for (const { volume, path, audience, seconds } of tokensOf(spec)) {
    const owner = `${object.kind.toLowerCase()}/${object.name}`
    graph.add({
      type: 'credential',
      externalId: ids.projectedToken(object.cluster, namespace, owner, `${volume}/${path}`).externalId,
      subject: account,
      credentialType: 'access_token',
      name: `${namespace}/${object.name} ${volume}/${path}`,
      status: 'active',
      attributes: {
        namespace,
        projectedToken: true,
        audience: audience ?? 'API server',
        lifetimeSeconds: seconds,
        heldBy: `${object.kind} ${namespace}/${object.name}`,
      },
    })
  }
}

/**
 * Records in which workloads whose account another file defines learn whether a token is mounted into them; the same list when
 * nothing is learned.
 */
export function learnMounts(
  records: readonly NormalisedRecord[],
  accounts: ReadonlyMap<string, IdentityRecord>,
): readonly NormalisedRecord[] {
  const mounts = new Map<string, TokenMount>()
  for (const record of records) {
    if (record.type !== 'identity' || record.kind !== 'workload' || record.attributes?.tokenMounted !== undefined)
      continue
    const { namespace, serviceAccount } = record.attributes ?? {}
    const account = accounts.get(ids.serviceAccount('', String(namespace), String(serviceAccount)).externalId)
    const mount = account === undefined ? undefined : tokenMount({}, account)
    if (mount !== undefined) mounts.set(record.externalId, mount)
  }
  if (mounts.size === 0) return records
  return records.map((record) => {
    if (record.type === 'identity') {
      const mount = mounts.get(record.externalId)
      return mount === undefined
        ? record
        : { ...record, attributes: { ...record.attributes, tokenMounted: mount.isMounted } }
    }
    const mount =
      record.type === 'entitlement' && record.kind === 'runs_as' ? mounts.get(record.from.externalId) : undefined
    return mount?.isMounted === false ? { ...record, condition: `no token is mounted: ${mount.why}` } : record
  })
}
