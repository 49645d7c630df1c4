import type { EdgeRecord, IdentityRecord, MapResult, NormalisedRecord, ResourceRecord, RoleRecord } from '../contract'
import { accountsOf, fillCrowds, leadTo } from './crowds'
import { Graph } from './graph'
import { ids } from './ids'
import { isClusterScoped } from './privileges'
import { learnMounts } from './projected-tokens'
import { addResource } from './resources'
import { addImplicitGroups } from './service-accounts'

type Result = Pick<MapResult, 'records'>

/**
 * Files of one cluster that came together, as if they were one: a RoleBinding gets the grants of a ClusterRole that
 * another file defines, and service accounts the implicit groups that another file's bindings use. Objects that one file
 * tells apart by cluster stay as they are.
 */
export function joinManifests<T extends Result>(results: readonly T[]): T[] {
  if (results.length < 2) return [...results]
  const grants = grantsOf(results)
  const leads = leadsOf(results)
  const accounts = results.map(({ records }) => records.filter(isAccount))
  const known = new Map(accounts.flat().map((account) => [account.externalId, account]))
  return results.map((result, no) => {
    const graph = new Graph()
    const learned = new Map<string, RoleRecord>()
    for (const record of result.records) {
      if (record.type !== 'role') continue
      graph.add(record)
      const granted =
        record.attributes?.rulesKnown === false ? grants.get(String(record.attributes.clusterRole)) : undefined
      const namespace = record.attributes?.namespace
      if (granted === undefined || typeof namespace !== 'string') continue
      learned.set(record.externalId, { ...record, attributes: { ...record.attributes, rulesKnown: true } })
      for (const grant of granted) grantWithin(graph, record, namespace, grant)
      const ways = leads.get(String(record.attributes?.clusterRole))
      if (ways) leadTo(graph, '', { type: 'role', externalId: record.externalId }, namespace, ways)
    }
    const others = accounts.filter((_, other) => other !== no).flat()
    addImplicitGroups(others, '', graph)
    fillCrowds(graph, '', accountsOf(accounts.flat()))
    const own = new Set(result.records.map(keyOf))
    const added = graph.finish().records.filter((record) => !own.has(keyOf(record)))
    const mounted = learnMounts(result.records, known)
    if (added.length === 0 && learned.size === 0 && mounted === result.records) return result
    const records = mounted.map((record) =>
      record.type === 'role' ? (learned.get(record.externalId) ?? record) : record,
    )
    return { ...result, records: [...records, ...added] }
  })
}

interface Grant {
  edge: EdgeRecord
  to: ResourceRecord
}

/** What the ClusterRoles of all files grant, by name. */
function grantsOf(results: readonly Result[]): Map<string, Grant[]> {
  const grants = new Map<string, Grant[]>()
  for (const { records } of results) {
    const names = new Map<string, string>()
    const resources = new Map<string, ResourceRecord>()
    for (const record of records) {
      if (record.type === 'resource') resources.set(record.externalId, record)
      if (record.type !== 'role' || record.externalId !== ids.clusterRole('', record.name).externalId) continue
      if (record.attributes?.builtIn === true) continue
      names.set(record.externalId, record.name)
      grants.set(record.name, grants.get(record.name) ?? [])
    }
    for (const edge of records) {
      if (edge.type !== 'entitlement' || edge.kind !== 'grants') continue
      const to = resources.get(edge.to.externalId)
      if (to !== undefined) grants.get(names.get(edge.from.externalId) ?? '')?.push({ edge, to })
    }
  }
  return grants
}

/** By which rules the ClusterRoles of all files lead to every service account, by name. */
function leadsOf(results: readonly Result[]): Map<string, string[]> {
  const all = ids.anyAccount('', '*').externalId
  const leads = new Map<string, string[]>()
  for (const edge of results.flatMap(({ records }) => records))
    if (edge.type === 'entitlement' && edge.kind === 'impersonates' && edge.to.externalId === all)
      leads.set(edge.from.externalId.replace(/^clusterrole:/, ''), edge.scopes)
  return leads
}

/** A grant over every namespace, cut to one; URLs and resources of the cluster are no part of it. */
function grantWithin(graph: Graph, role: RoleRecord, namespace: string, { edge, to }: Grant): void {
  const group = to.attributes?.group
  const resource = to.attributes?.resource
  if (typeof group !== 'string' || typeof resource !== 'string' || isClusterScoped(resource)) return
  const bare = group === 'core' ? '' : group
  const whole = ids.resource('', '*', bare, resource).externalId
  if (to.externalId !== whole && !to.externalId.startsWith(`${whole}/`)) return
  const name = to.externalId === whole ? undefined : to.externalId.slice(whole.length + 1)
  const { kind, basis, privilege, condition, notEvaluable, scopes } = edge
  const from = { type: 'role', externalId: role.externalId } as const
  const target = addResource(graph, '', namespace, bare, resource, name)
  graph.edge({ kind, basis, from, to: target, privilege, condition, notEvaluable, scopes: [...scopes] })
}

function isAccount(record: NormalisedRecord): record is IdentityRecord {
  return (
    record.type === 'identity' && record.kind === 'service_account' && record.externalId.startsWith('serviceaccount:')
  )
}

function keyOf(record: NormalisedRecord): string {
  if (record.type !== 'entitlement') return `${record.type} ${record.externalId}`
  const { kind, basis, from, to } = record
  return `${kind} ${basis} ${from.type} ${from.externalId}\n${to.type} ${to.externalId}`
}
