import type { ClientBase } from 'pg'
import { makeCredential, makeEdge, makeIdentity, makeOwnership, makeResource, makeRole } from './inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from './organization'

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day)

/** A small organization whose every figure can be worked out by hand. */
export interface SmallGraph {
  orgId: string
  /** Answers for `deployer`. */
  owner: MadeMember
  identities: Record<'deployer' | 'builder' | 'database' | 'auditor' | 'retired' | 'idle', string>
  resources: Record<'logs' | 'vault' | 'orders' | 'artifacts' | 'archive' | 'old', string>
  credentials: Record<'soon' | 'later' | 'stored' | 'storedToo', string>
  edges: Record<'secrets' | 'stores' | 'storesToo' | 'orders' | 'write' | 'read' | 'become' | 'member' | 'logs', string>
  role: string
}

/**
 * `deployer` reads `logs` by a role (on a condition), reads secrets of `vault`, where two credentials of `database` are stored,
 * which administers `orders` in another source, and can become `builder`, which writes `artifacts` by one of two grants and can
 * become `deployer`. `auditor` reads secrets of `vault` too. `retired` is disabled, the grant on `old` has expired.
 */
export async function makeSmallGraph(db: ClientBase): Promise<SmallGraph> {
  const orgId = await makeOrganization(db, 'Small')
  const cloud = { orgId, sourceId: await makeSource(db, orgId, 'aws', 'cloud') }
  const cluster = { orgId, sourceId: await makeSource(db, orgId, 'kubernetes', 'cluster') }
  const identity = (name: string, columns: Record<string, unknown> = {}, place = cloud) =>
    makeIdentity(db, place, { name, ...columns })
  const identities = {
    deployer: await identity('deployer'),
    builder: await identity('builder'),
    database: await identity('database', {}, cluster),
    auditor: await identity('auditor', { last_used_at: inDays(-3) }),
    retired: await identity('retired', { status: 'disabled' }),
    idle: await identity('idle'),
  }
  const resource = (name: string, columns: Record<string, unknown> = {}, place = cloud) =>
    makeResource(db, place, name, columns)
  const resources = {
    logs: await resource('logs', { sensitivity: 'internal' }),
    vault: await resource('vault', { kind: 'secret_store', sensitivity: 'confidential' }),
    orders: await resource('orders', { kind: 'database', sensitivity: 'restricted' }, cluster),
    artifacts: await resource('artifacts'),
    archive: await resource('archive'),
    old: await resource('old'),
  }
  const role = await makeRole(db, cloud, 'readers')
  const { deployer, builder, database, auditor, retired } = identities
  const credential = (name: string, identity_id: string, columns: Record<string, unknown>, place = cloud) =>
    makeCredential(db, place, { name, identity_id, ...columns })
  const credentials = {
    soon: await credential('soon', deployer, { expires_at: inDays(10) }),
    later: await credential('later', deployer, { expires_at: inDays(90) }),
    stored: await credential('stored', database, { never_expires: true }, cluster),
    storedToo: await credential('stored too', database, { expires_at: inDays(30) }, cluster),
  }
  await credential('of builder', builder, { expires_at: inDays(20) })
  const edge = (kind: string, [fromType, from]: [string, string], [toType, to]: [string, string], more = {}) =>
    makeEdge(db, cloud, { kind, from: { type: fromType, id: from }, to: { type: toType, id: to }, ...more })
  const grant = (from: [string, string], to: string, privilege: string | null, more = {}) =>
    edge('grants', from, ['resource', to], { privilege, ...more })
  const edges = {
    member: await edge('member_of', ['identity', deployer], ['role', role]),
    logs: await grant(['role', role], resources.logs, 'read', { condition: 'only from the office' }),
    secrets: await grant(['identity', deployer], resources.vault, 'secret_read', { last_used_at: inDays(-1) }),
    stores: await edge('stores', ['resource', resources.vault], ['credential', credentials.stored]),
    storesToo: await edge('stores', ['resource', resources.vault], ['credential', credentials.storedToo]),
    orders: await grant(['identity', database], resources.orders, 'admin'),
    become: await edge('impersonates', ['identity', deployer], ['identity', builder]),
    write: await grant(['identity', builder], resources.artifacts, 'write', { basis: 'observed' }),
    read: await grant(['identity', builder], resources.artifacts, 'read'),
  }
  await edge('impersonates', ['identity', builder], ['identity', deployer])
  await edge('impersonates', ['identity', builder], ['identity', builder])
  await edge('impersonates', ['identity', deployer], ['identity', retired])
  await grant(['identity', retired], resources.archive, 'admin')
  await grant(['identity', deployer], resources.old, 'admin', { expires_at: inDays(-1) })
  await grant(['identity', auditor], resources.vault, 'secret_read')
  await edge('assumes', ['identity', deployer], ['role', role], { effect: 'deny', condition: 'outside of hours' })
  const owner = await makeMember(db, orgId, 'member', 'Mia')
  await makeOwnership(db, orgId, deployer, { owner_key: `user:${owner.userId}`, state: 'assigned', label: 'Mia' })
  return { orgId, owner, identities, resources, credentials, edges, role }
}
