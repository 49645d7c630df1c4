import type { ClientBase } from 'pg'
import { type ListingScope, refreshListingBy } from '../../lib/identities/server/refresh-listing'

interface Place {
  orgId: string
  sourceId: string
}

/** Inserts one row whose columns are given by name, and gives its id. */
async function insert(db: ClientBase, table: string, row: Record<string, unknown>): Promise<string> {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined)
  const columns = entries.map(([name]) => `"${name}"`).join(', ')
  const places = entries.map((_, index) => `$${index + 1}`).join(', ')
  const values = entries.map(([, value]) => (isJson(value) ? JSON.stringify(value) : value))
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO "${table}" (${columns}) VALUES (${places}) RETURNING id`,
    values,
  )
  const [made] = rows
  if (!made) throw new Error(`the factory inserted no ${table}`)
  return made.id
}

function isJson(value: unknown): boolean {
  if (value instanceof Date || value === null || typeof value !== 'object') return false
  return !(Array.isArray(value) && value.every((item) => typeof item === 'string'))
}

let made = 0
const nextName = (what: string) => {
  made += 1
  return `${what}-${String(made).padStart(5, '0')}`
}

type Columns = Record<string, unknown>

/** What the use cases do after a write: lists follow. */
export async function refreshMade(db: ClientBase, orgId: string, scope: ListingScope): Promise<void> {
  await db.query(`SELECT set_config('app.current_org', $1, false)`, [orgId])
  if (scope === 'all') await db.query('BEGIN')
  await refreshListingBy(async (sql, values) => (await db.query(sql, values)).rows, scope)
  if (scope === 'all') await db.query('COMMIT')
}

/** Columns by their names in the table; whatever is left out gets a harmless value. */
export async function makeIdentity(db: ClientBase, place: Place, columns: Columns = {}): Promise<string> {
  const id = await insertIdentity(db, place, columns)
  await refreshMade(db, place.orgId, [id])
  return id
}

function insertIdentity(db: ClientBase, { orgId, sourceId }: Place, columns: Columns): Promise<string> {
  const name = nextName('identity')
  return insert(db, 'identity', {
    org_id: orgId,
    source_id: sourceId,
    external_id: `ext:${columns.name ?? name}`,
    kind: 'service_account',
    name,
    status: 'active',
    ...columns,
  })
}

export async function makeCredential(db: ClientBase, place: Place, columns: Columns = {}): Promise<string> {
  const id = await insertCredential(db, place, columns)
  if (columns.identity_id) await refreshMade(db, place.orgId, [String(columns.identity_id)])
  return id
}

function insertCredential(db: ClientBase, { orgId, sourceId }: Place, columns: Columns): Promise<string> {
  const name = nextName('credential')
  return insert(db, 'credential', {
    org_id: orgId,
    source_id: sourceId,
    external_id: `ext:${name}`,
    type: 'api_key',
    name,
    status: 'active',
    ...columns,
  })
}

export async function makeOwnership(
  db: ClientBase,
  orgId: string,
  identityId: string,
  columns: Columns,
): Promise<string> {
  const id = await insertOwnership(db, orgId, identityId, columns)
  await refreshMade(db, orgId, [identityId])
  return id
}

function insertOwnership(db: ClientBase, orgId: string, identityId: string, columns: Columns): Promise<string> {
  return insert(db, 'ownership', {
    org_id: orgId,
    identity_id: identityId,
    label: 'Somebody',
    duty: 'technical',
    state: 'suggested',
    ...columns,
  })
}

export function makeRole(db: ClientBase, { orgId, sourceId }: Place, name: string): Promise<string> {
  const row = { org_id: orgId, source_id: sourceId, external_id: `role:${name}`, kind: 'managed_policy', name }
  return insert(db, 'role', row)
}

export function makeResource(
  db: ClientBase,
  { orgId, sourceId }: Place,
  name: string,
  columns: Columns = {},
): Promise<string> {
  const row = { org_id: orgId, source_id: sourceId, external_id: `resource:${name}`, kind: 'bucket', name }
  return insert(db, 'resource', { ...row, ...columns })
}

export interface MadeEdge extends Columns {
  kind: string
  from: { type: string; id: string | null; ref?: string }
  to: { type: string; id: string | null; ref?: string }
}

/** An edge between rows that are there. Lists follow for the identity that it starts from, not for those that hold it. */
export async function makeEdge(db: ClientBase, place: Place, edge: MadeEdge): Promise<string> {
  const id = await insertEdge(db, place, edge)
  if (edge.from.type === 'identity' && edge.from.id) await refreshMade(db, place.orgId, [edge.from.id])
  return id
}

function insertEdge(db: ClientBase, { orgId, sourceId }: Place, edge: MadeEdge): Promise<string> {
  const { kind, from, to, ...columns } = edge
  return insert(db, 'entitlement', {
    org_id: orgId,
    source_id: sourceId,
    external_id: nextName('edge'),
    kind,
    from_type: from.type,
    from_id: from.id,
    from_ref: from.ref ?? String(from.id),
    to_type: to.type,
    to_id: to.id,
    to_ref: to.ref ?? String(to.id),
    effect: 'allow',
    basis: 'entitlement',
    ...columns,
  })
}

const dayMs = 86_400_000

/**
 * A catalogue in which every column has ties, gaps and values, always the same for the same size: what paging, facets and
 * counts are tried on. Credentials and the columns worked out from them agree.
 */
export async function makeInventory(db: ClientBase, place: Place, size: number, now = new Date()): Promise<string[]> {
  const kinds = ['service_account', 'iam_role', 'workload', 'ai_agent']
  const environments = ['production', 'staging', null]
  const ago = (days: number) => new Date(Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs)
  const ids: string[] = []
  const resource = await makeResource(db, place, nextName('target'))
  for (let n = 0; n < size; n += 1) {
    const owner = ['none', 'suggested', 'confirmed'][n % 3] ?? 'none'
    const issued = n % 4 === 0 ? null : ago([10, 95, 95, 400][n % 4] ?? 10)
    const expires = n % 5 === 0 ? ago(-((n % 3) * 20 + 5)) : n % 5 === 1 ? ago(30) : null
    const id = await insertIdentity(db, place, {
      name: `svc-${n % 7}-${n % 2 ? 'Über' : 'a_b'}`,
      external_id: `arn:aws:iam::1:user/${n}`,
      kind: kinds[n % 4],
      environment: environments[n % 3],
      status: n % 6 === 5 ? 'disabled' : 'active',
      deleted_at: n % 17 === 16 ? now : null,
      last_used_at: n % 3 === 0 ? null : ago((n % 6) * 30),
      never_used: n % 6 === 0,
    })
    ids.push(id)
    if (owner !== 'none') await insertOwnership(db, place.orgId, id, { owner_key: `hint:owner ${n}`, state: owner })
    const privilege = [undefined, 'read', 'write', 'secret_read', 'admin'][n % 5]
    if (privilege) {
      const ends = { from: { type: 'identity', id }, to: { type: 'resource', id: resource } }
      await insertEdge(db, place, { kind: 'grants', ...ends, privilege })
    }
    if (n % 4 === 3) continue
    await insertCredential(db, place, {
      identity_id: id,
      name: `key-${n % 5}`,
      type: ['api_key', 'password', 'certificate'][n % 3],
      status: n % 8 === 6 ? 'disabled' : 'active',
      issued_at: issued,
      expires_at: expires,
      never_expires: expires === null && n % 2 === 0,
      last_used_at: n % 3 === 0 ? null : ago((n % 6) * 30),
      never_used: n % 6 === 0,
    })
  }
  await refreshMade(db, place.orgId, 'all')
  return ids
}
