import type { CredentialRecord, IdentityRecord, MapContext, NormalisedRecord } from '../contract'
import type { IdentityRights } from '../live-contract'
import type { OwnRights } from './client'
import { Cluster, readEnd } from './cluster'
import { recordsOf } from './records'

/** What is needed of a role to know what it is: an account, a group or a person. */
export interface RoleFacts {
  oid: string
  name: string
  can_login: boolean
  connection_limit: number
  has_password: boolean | null
  comment: string | null
  people_group: string | null
}

export interface RoleRow extends RoleFacts, Record<string, unknown> {
  is_super: boolean
  create_role: boolean
  create_db: boolean
  replication: boolean
  bypass_rls: boolean
  inherits: boolean
  valid_until: string | null
  settings: string[] | null
  method: string | null
  sessions: number
  last_seen: Date | null
  may_administer: boolean
}

export interface MembershipRow extends Record<string, unknown> {
  role: RoleFacts
  member: RoleFacts
  admin: boolean
  inherit: boolean | null
  set: boolean | null
}

export interface GrantRow extends Record<string, unknown> {
  grantee: RoleFacts | null
  kind: string
  database: string | null
  name: string
  scopes: { scope: string; mayPassOn: boolean }[]
}

/**
 * A role that may not log in is a group, except when somebody took the login away from an account: our own `disable` leaves a
 * connection limit of 0 with it, and a superuser sees that it has a password.
 */
export function isDisabledAccount(role: RoleFacts): boolean {
  return !role.can_login && (role.connection_limit === 0 || role.has_password === true)
}

function enter(cluster: Cluster, facts: RoleFacts): void {
  const role = cluster.role(facts.name, 'pg_roles')
  role.canLogin = facts.can_login || isDisabledAccount(facts)
  if (facts.comment !== null) role.comment = facts.comment
  if (facts.people_group !== null) cluster.join({ member: facts.name, role: facts.people_group, at: 'pg_auth_members' })
}

const nodes = ['identity', 'human', 'role', 'credential']

/** Roles as the same records that a file of this server gives, with what only the running server knows. */
export function mapRoles(rows: RoleRow[], context: MapContext): NormalisedRecord[] {
  const cluster = new Cluster(context)
  const known = new Map(rows.map((row) => [`role:${row.name}`, row]))
  for (const row of rows) {
    enter(cluster, row)
    const role = cluster.role(row.name, 'pg_roles')
    role.isDescribed = true
    role.inherits = row.inherits
    role.connectionLimit = isDisabledAccount(row) ? -1 : row.connection_limit
    role.validUntil = row.valid_until === null ? null : readEnd(row.valid_until)
    role.settings.push(...(row.settings ?? []).map((setting) => setting.split('=')[0] ?? ''))
    for (const [has, word] of attributesOf(row)) if (has) role.attributes.add(word)
    if (row.method !== null) role.password = readMethod(row.method)
    else if (row.has_password === false) role.password = 'none'
  }
  const records = recordsOf(cluster, sourceOf(context)).records.flatMap((record): NormalisedRecord[] => {
    // Memberships are pages of their own; here they only told who is a person.
    if (record.type === 'entitlement') return record.kind === 'grants' ? [record] : []
    if (record.type === 'identity') return [withState(record, known.get(record.externalId))]
    return record.type === 'role' && !known.has(record.externalId) ? [] : [record]
  })
  return [...records, everyone, ...unseenPasswords(known, records), ...publicMembers(records)]
}

function attributesOf(row: RoleRow): [boolean, string][] {
  return [
    [row.is_super, 'SUPERUSER'],
    [row.create_role, 'CREATEROLE'],
    [row.create_db, 'CREATEDB'],
    [row.replication, 'REPLICATION'],
    [row.bypass_rls, 'BYPASSRLS'],
  ]
}

function readMethod(method: string): { method: string; iterations?: number } {
  const iterations = /^SCRAM-SHA-256\$(\d+)$/.exec(method)?.[1]
  return iterations === undefined ? { method } : { method: 'SCRAM-SHA-256', iterations: Number(iterations) }
}

function withState(record: IdentityRecord, row: RoleRow | undefined): IdentityRecord {
  if (row === undefined) return record
  return {
    ...record,
    status: row.can_login ? 'active' : 'disabled',
    attributes: { ...record.attributes, openSessions: row.sessions },
    ...(row.last_seen === null ? {} : { lastUsedAt: row.last_seen.toISOString() }),
  }
}

/** Only superusers see whether a role has a password; for others there may be one, and it can be rotated. */
function unseenPasswords(rows: Map<string, RoleRow>, records: NormalisedRecord[]): CredentialRecord[] {
  return records.flatMap((record): CredentialRecord[] => {
    const row = record.type === 'identity' || record.type === 'human' ? rows.get(record.externalId) : undefined
    if (row === undefined || row.has_password !== null) return []
    return [
      {
        type: 'credential',
        externalId: `role:${row.name}#password`,
        subject: { type: record.type === 'human' ? 'human' : 'identity', externalId: `role:${row.name}` },
        credentialType: 'password',
        name: `Password of ${row.name}`,
        status: 'unknown',
        expiresAt: row.valid_until === null ? null : readEnd(row.valid_until),
        attributes: { method: 'not visible to this connection' },
      },
    ]
  })
}

/** The role that stands in no catalogue and that everybody belongs to. */
const everyone: NormalisedRecord = {
  type: 'role',
  externalId: 'role:public',
  kind: 'public',
  name: 'PUBLIC (every role)',
}

/** Every role that may log in belongs to PUBLIC. */
function publicMembers(records: NormalisedRecord[]): NormalisedRecord[] {
  return records.flatMap((record): NormalisedRecord[] =>
    record.type === 'identity' || record.type === 'human'
      ? [
          {
            type: 'entitlement',
            kind: 'member_of',
            from: { type: record.type, externalId: record.externalId },
            to: { type: 'role', externalId: 'role:public' },
            effect: 'allow',
            scopes: [],
            scopeCount: 0,
            basis: 'inferred',
          },
        ]
      : [],
  )
}

export function mapMemberships(rows: MembershipRow[], context: MapContext): NormalisedRecord[] {
  const cluster = new Cluster(context)
  const wanted = new Set(rows.map(({ member, role }) => `role:${member.name} role:${role.name}`))
  for (const { role, member, admin, inherit, set } of rows) {
    enter(cluster, role)
    enter(cluster, member)
    const maybe = { ...(inherit === null ? {} : { inherit }), ...(set === null ? {} : { set }) }
    cluster.join({ member: member.name, role: role.name, at: 'pg_auth_members', admin, ...maybe })
  }
  return recordsOf(cluster, sourceOf(context), 'what joins them').records.filter(
    (record) =>
      record.type === 'entitlement' &&
      record.kind !== 'grants' &&
      wanted.has(`${record.from.externalId} ${record.to.externalId}`),
  )
}

export function mapGrants(rows: GrantRow[], context: MapContext): NormalisedRecord[] {
  const cluster = new Cluster(context)
  for (const { grantee, kind, database, name, scopes } of rows) {
    if (grantee !== null) enter(cluster, grantee)
    const object = { kind, database: database ?? undefined, name }
    const pairs = scopes.map(({ scope, mayPassOn }): [string, boolean] => [scope, mayPassOn])
    cluster.grant(grantee?.name ?? 'public', object, pairs, 'pg_class')
  }
  return recordsOf(cluster, sourceOf(context), 'what joins them').records.filter((record) =>
    record.type === 'entitlement'
      ? record.kind === 'grants' && !isInferred(record.basis)
      : !nodes.includes(record.type),
  )
}

const isInferred = (basis: string) => basis === 'inferred'

function sourceOf({ instance = 'default' }: MapContext) {
  return { system: 'postgresql', instance, instanceName: `PostgreSQL server ${instance}` }
}

/** What this connection may do with each role that may log in, from its own rights. */
export function rightsOf(rows: RoleRow[], own: OwnRights): IdentityRights[] {
  return rows
    .filter((row) => row.can_login || isDisabledAccount(row))
    .map((row): IdentityRights => {
      const identity = `role:${row.name}`
      const why = obstacle(row, own)
      if (why !== undefined) return { identity, rotate: false, revoke: false, why }
      return own.mayEndSessions
        ? { identity, rotate: true, revoke: true }
        : { identity, rotate: true, revoke: false, why: 'cannot end its sessions: needs pg_signal_backend' }
    })
}

function obstacle(row: RoleRow, own: OwnRights): string | undefined {
  if (row.name === own.role) return 'is the role that this connection signs in with'
  if (own.isSuperuser) return undefined
  if (row.is_super) return 'is a superuser: only a superuser may change it'
  if (!own.mayCreateRoles) return 'this connection lacks CREATEROLE'
  if (own.version >= 160_000 && !row.may_administer) return `needs GRANT ${row.name} … WITH ADMIN OPTION`
  return undefined
}
