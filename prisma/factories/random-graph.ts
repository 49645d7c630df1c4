import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'

export interface RandomGraph {
  orgId: string
  identities: string[]
  humans: string[]
  roles: string[]
  resources: string[]
}

/** The same seed gives the same numbers, from 0 to below 1. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

const account = '111122223333'
/** Ids that cover each other in every way there is, and some that only look like it. */
const refs = [
  `aws:${account}`,
  `aws:${account}:s3:*`,
  'arn:aws:s3:::logs',
  'arn:aws:s3:::logs/*',
  'arn:aws:s3:::logs/2026',
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:db-?`,
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:db-1`,
  'arn:aws:sqs:eu-west-1:999900001111:foreign',
  'k8s:*:core/secrets',
  'k8s:prod:core/secrets',
  'secret:prod:db_1',
  'secret:test:dbx1',
  'k8s:*:*/*',
  'plain%name',
  'plain-name',
]

/**
 * A small organization with whatever a catalogue may hold: circles, doubles, refusals of all kinds, what has ended, been disabled
 * or gone, ends that nothing defines, stored credentials in every state, and resources that cover each other.
 */
export async function makeRandomGraph(db: ClientBase, orgId: string, seed: number): Promise<RandomGraph> {
  const random = numbersOf(seed)
  const below = (end: number) => Math.floor(random() * end)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID())
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const sources = [
    { id: randomUUID(), system: 'aws', instance: account },
    { id: randomUUID(), system: pick(['kubernetes', 'csv']), instance: 'b' },
  ]
  const [identities, humans, roles, resources] = [ids(1 + below(6)), ids(below(3)), ids(below(5)), ids(below(10))]
  const credentials = ids(below(7))
  const base = (id: string, what: string) => ({
    id,
    source_id: pick(sources).id,
    external_id: `${what}:${id}`,
    name: `${what} ${below(9)}`,
    deleted_at: random() < 0.06 ? day(-1) : null,
  })
  await put(
    db,
    orgId,
    'source',
    sources.map((row) => ({ ...row, name: row.system })),
  )
  await put(
    db,
    orgId,
    'identity',
    identities.map((id) => ({
      ...base(id, 'i'),
      kind: 'workload',
      status: pick(['active', 'active', 'unknown', 'disabled']),
    })),
  )
  await put(
    db,
    orgId,
    'human',
    humans.map((id) => ({ ...base(id, 'h'), reason: 'is a person' })),
  )
  await put(
    db,
    orgId,
    'role',
    roles.map((id) => ({ ...base(id, 'r'), kind: 'group' })),
  )
  const free = refs.map((ref) => ({ ref, at: random() })).sort((a, b) => a.at - b.at)
  await put(
    db,
    orgId,
    'resource',
    resources.map((id, no) => ({
      ...base(id, 't'),
      ...(random() < 0.7 ? { external_id: free[no]?.ref ?? id } : {}),
      kind: 'bucket',
      sensitivity: pick([null, 'public', 'internal', 'confidential', 'restricted']),
    })),
  )
  await put(
    db,
    orgId,
    'credential',
    credentials.map((id) => ({
      ...base(id, 'c'),
      type: 'api_key',
      status: pick(['active', 'active', 'superseded', 'disabled', 'discovered']),
      identity_id: random() < 0.8 ? pick(identities) : null,
      human_id: random() < 0.1 && humans.length > 0 ? pick(humans) : null,
      expires_at: pick([null, null, day(-2), day(3), day(500)]),
      never_expires: random() < 0.3,
    })),
  )
  const named = [
    ...identities.map((id) => ({ id, type: 'identity' })),
    ...humans.map((id) => ({ id, type: 'human' })),
    ...roles.map((id) => ({ id, type: 'role' })),
  ]
  const things = resources.map((id) => ({ id, type: 'resource' }))
  const keys = credentials.map((id) => ({ id, type: 'credential' }))
  const nothing = { id: null, type: 'role' }
  const kinds = [
    'grants',
    'grants',
    'grants',
    'member_of',
    'member_of',
    'assumes',
    'impersonates',
    'runs_as',
    'stores',
    'stores',
    'delegates_to',
    'owns_code',
  ]
  const edges = Array.from({ length: below(40) }, () => {
    const kind = pick(kinds)
    const any = (list: typeof named) => (list.length > 0 ? pick(list) : nothing)
    let [from, to] = [any(named), kind === 'grants' ? any(things) : any(named)]
    if (kind === 'stores' || kind === 'owns_code' || (kind !== 'grants' && random() < 0.35)) from = any(things)
    if (kind === 'stores') to = any(keys)
    else if (kind !== 'grants' && random() < 0.2) to = any(things)
    if (random() < 0.05) to = pick([...named, ...things, ...keys, nothing])
    const scopes = pick([[], ['s3:GetObject'], ['s3:GetObject', 's3:PutObject'], ['s3:*'], ['*']])
    return {
      id: randomUUID(),
      source_id: pick(sources).id,
      external_id: randomUUID(),
      kind,
      from_type: from.type,
      from_ref: String(from.id),
      from_id: from.id,
      to_type: to.type,
      to_ref: String(to.id),
      to_id: to.id,
      effect: random() < 0.12 ? 'deny' : 'allow',
      scopes,
      scope_count: scopes.length,
      privilege: kind === 'grants' ? pick([null, 'read', 'write', 'secret_read', 'admin']) : null,
      condition: random() < 0.1 ? 'mfa' : null,
      not_evaluable: random() < 0.1 ? 'NotAction' : null,
      expires_at: pick([null, null, null, null, day(-1), day(30)]),
      basis: pick(['entitlement', 'observed', 'declared', 'inferred']),
      deleted_at: random() < 0.05 ? day(-1) : null,
    }
  })
  await put(db, orgId, 'entitlement', edges)
  return { orgId, identities, humans, roles, resources }
}

/** Inserts rows whose columns are given by name, all of one table at once. */
async function put(db: ClientBase, orgId: string, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ')
  await db.query(
    `INSERT INTO "${table}" (org_id, ${columns}) SELECT $1::uuid, ${columns} FROM json_populate_recordset(null::"${table}", $2::json)`,
    [orgId, JSON.stringify(rows)],
  )
}
