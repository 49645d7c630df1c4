import type { Sample, SampleEdge } from '../../lib/access-graph/engine/graph-samples'
import { levels, sensitivityClasses } from '../../lib/access-graph/score'
import { edgeBases, edgeKinds } from '../../lib/connectors/contract'
import type { RandomRows } from './random-graph'

/** For tests: what of the rows of a random graph carries, worked out from the definition as plainly as it can be, without SQL. */
export interface PlainGraph {
  sample: Sample
  /** Ids by number: identities, people, roles, resources, credentials. */
  ids: string[]
  /** The system of each number in `sample.system`. */
  systems: string[]
}

type Row<T extends keyof RandomRows> = RandomRows[T][number]

export function plainGraphOf(rows: RandomRows, now: number): PlainGraph {
  const { source, identity, human, role, resource, credential, entitlement } = rows
  const ids = [identity, human, role, resource, credential].flatMap((list) => list.map(({ id }) => id))
  const gone = new Set([human, role, resource].flatMap((list) => list.filter(isGone).map(({ id }) => id)))
  const numbers = new Map(ids.map((id, no) => [id, gone.has(id) ? -1 : no]))
  const numberOf = (id: string | null) => (id === null ? -1 : (numbers.get(id) ?? -1))
  const lives = ({ deleted_at, status, expires_at }: Row<'credential'>) =>
    deleted_at === null && status !== 'disabled' && status !== 'deleted' && !isPast(expires_at, now)
  const hoursOf = (id: string) => {
    const own = credential.filter(({ identity_id, human_id }) => (identity_id ?? human_id) === id)
    if (own.length === 0) return Number.NaN
    const live = own.filter(lives)
    const endless = live.filter(({ expires_at }) => expires_at === null)
    if (endless.some(({ never_expires }) => never_expires)) return Number.POSITIVE_INFINITY
    if (endless.length > 0) return Number.NaN
    return Math.max(0, ...live.map(({ expires_at }) => (Date.parse(expires_at ?? '') - now) / 3_600_000))
  }
  const systems = [...new Set(source.map(({ system }) => system))]
  const sourceOf = (row: { source_id: string }) => source.find(({ id }) => id === row.source_id) ?? source[0]
  const carrying = entitlement.filter((edge) => carries(edge, entitlement, now))
  const isResource = (no: number) => no >= 0 && resource.some(({ id }) => id === ids[no])
  const covers = resource.filter(isThere).flatMap((parent) =>
    resource
      .filter((child) => isThere(child) && child.id !== parent.id && child.source_id === parent.source_id)
      .filter((child) => isCovered(parent.external_id, child.external_id, sourceOf(parent)?.instance ?? ''))
      .map((child): [number, number] => [numberOf(parent.id), numberOf(child.id)]),
  )
  for (const { kind, from_type, from_id, to_id } of carrying) {
    const [from, to] = [numberOf(from_id), numberOf(to_id)]
    if (kind === 'member_of' && from_type === 'resource' && isResource(from) && isResource(to) && from !== to)
      covers.push([to, from])
  }
  const sample: Sample = {
    identities: identity.length,
    humans: human.length,
    roles: role.length,
    resources: resource.length,
    credentialHolder: credential.map((each) => (lives(each) ? numberOf(each.identity_id ?? each.human_id) : -1)),
    dead: [
      ...identity.map((row) => (isGone(row) || row.status === 'disabled' ? 1 : 0)),
      ...[...human, ...role].map((row) => (isGone(row) ? 1 : 0)),
    ],
    hours: [...identity, ...human].map(({ id }) => hoursOf(id)).concat(role.map(() => 0)),
    sensitivity: resource.map(({ sensitivity }) => sensitivityClasses.indexOf((sensitivity ?? 'unknown') as never)),
    system: resource.map((row) => systems.indexOf(sourceOf(row)?.system ?? '')),
    edges: carrying.map(
      ({ kind, from_id, to_id, privilege, basis }): SampleEdge => ({
        kind: edgeKinds.indexOf(kind as never),
        from: numberOf(from_id),
        to: numberOf(to_id),
        level: kind === 'grants' ? levels.indexOf((privilege ?? 'unknown') as never) + 1 : 0,
        basis: edgeBases.indexOf(basis as never),
      }),
    ),
    covers,
  }
  return { sample, ids, systems }
}

const isGone = ({ deleted_at }: { deleted_at: string | null }) => deleted_at !== null
const isThere = (row: { deleted_at: string | null }) => !isGone(row)
const isPast = (instant: string | null, now: number) => instant !== null && Date.parse(instant) <= now

/** What is allowed, there, known at both ends, and not refused in full. */
function carries(edge: Row<'entitlement'>, all: Row<'entitlement'>[], now: number): boolean {
  const isLive = (each: Row<'entitlement'>) => isThere(each) && !isPast(each.expires_at, now)
  if (edge.effect !== 'allow' || !isLive(edge) || edge.from_id === null || edge.to_id === null) return false
  return !all.some((other) => {
    if (other.effect !== 'deny' || !isLive(other) || other.condition !== null || other.not_evaluable !== null)
      return false
    if (other.from_id !== edge.from_id || other.to_id !== edge.to_id || other.kind !== edge.kind) return false
    if (other.scopes.length === 0) return true
    return (
      edge.scopes.length > 0 && edge.scopes.every((given) => other.scopes.some((refused) => isMatch(refused, given)))
    )
  })
}

function isMatch(pattern: string, text: string, signs = '*?'): boolean {
  const parts = [...pattern.toLowerCase()].map((sign) => {
    if (sign === '*') return '.*'
    return sign === '?' && signs.includes('?') ? '.' : sign.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`, 's').test(text.toLowerCase())
}

/** An account, a service, a pattern and a kind of Kubernetes objects cover what they name. */
function isCovered(parent: string, child: string, instance: string): boolean {
  const [, account, service] = /^aws:(\d+)(?::([^:]+):\*)?$/.exec(parent) ?? []
  if (account !== undefined) {
    const parts = child.split(':')
    const isArn = parts[0] === 'arn'
    if (!isArn && parts[0] !== 'aws') return false
    const theirs = isArn ? parts[4] : parts[1]
    if (theirs !== account && !(['', '*'].includes(theirs ?? '') && account === instance)) return false
    return service === undefined || (isArn && parts[2]?.toLowerCase() === service)
  }
  // Secrets have ids of their own; they are objects of Kubernetes like the others.
  const asObject = child.replace(/^((?:.*\/)?)secret:([^:/]+):([^/]+)$/, '$1k8s:$2:core/secrets/$3')
  const names = [child, ...(parent.includes('k8s:') ? [asObject] : [])]
  const signs = parent.startsWith('arn:') ? '*?' : '*'
  const patterns = [
    ...(/[*]/.test(parent) || (signs.includes('?') && parent.includes('?')) ? [parent] : []),
    ...(/^(.*\/)?k8s:[^:/]+:[^/]+\/[^/]+$/.test(parent) ? [`${parent}/*`] : []),
  ]
  return patterns.some((pattern) => names.some((name) => isMatch(pattern, name, signs)))
}
