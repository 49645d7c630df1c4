import type { Call, DiscoveryPage, Skipped } from '../live-contract'
import { ask, clientOf, type PostgresSession, readDatabaseNames, readOwn, wantedDatabases } from './client'
import {
  type GrantRow,
  type MembershipRow,
  mapGrants,
  mapMemberships,
  mapRoles,
  type RoleFacts,
  type RoleRow,
  rightsOf,
} from './live-map'

/** Where a page begins: roles by oid, then memberships, then what is granted on databases and in each of them. */
type Cursor =
  | { stage: 'roles'; after: string }
  | { stage: 'memberships'; after: string }
  | { stage: 'databases' }
  | { stage: 'objects'; database: string; after: string }

const rolesInPage = 2000

/** The columns of RoleFacts for a row `r` of `rolesOf`. The group of people that it is in is asked only where there are such groups. */
function factsIn({ own, peopleGroups = [] }: PostgresSession): string {
  const groups = peopleGroups.map(Number).join(', ')
  const group = `(SELECT g.rolname FROM pg_auth_members pm JOIN pg_roles g ON g.oid = pm.roleid
    WHERE pm.member = r.oid AND pm.roleid IN (${groups}) LIMIT 1)`
  return `r.oid::text AS oid, r.rolname AS name, r.rolcanlogin AS can_login, r.rolconnlimit AS connection_limit,
   ${own.readsVerifiers ? 'r.rolpassword IS NOT NULL' : 'NULL::boolean'} AS has_password,
   (SELECT d.description FROM pg_shdescription d WHERE d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass) AS comment,
   ${groups === '' ? 'NULL::text' : group} AS people_group`
}
/** Roles with their verifiers where these may be read. */
const rolesOf = ({ own }: PostgresSession) => (own.readsVerifiers ? 'pg_authid r' : 'pg_roles r')
const factsOf = (oid: string, session: PostgresSession) =>
  `(SELECT to_jsonb(f) FROM (SELECT ${factsIn(session)} FROM ${rolesOf(session)} WHERE r.oid = ${oid}) f)`

export async function readPage(
  session: PostgresSession,
  { cursor, pageSize = rolesInPage }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const at: Cursor = cursor === null ? { stage: 'roles', after: '0' } : JSON.parse(cursor)
  if (cursor === null) session.own = await readOwn(session.client, call)
  if (cursor === null || session.peopleGroups === undefined)
    session.peopleGroups = await readPeopleGroups(session.client, call)
  const context = { instance: session.setting.instance, fingerprint: session.setting.fingerprint }
  const page = { records: [], rights: [], refused: [], unresolved: [], skipped: [] as Skipped[] }
  const to = (next: Cursor | null) => (next === null ? null : JSON.stringify(next))
  if (at.stage === 'roles') {
    const rows = await readRoles(session, at.after, pageSize, call)
    const last = rows.length < pageSize ? undefined : rows.at(-1)?.oid
    return {
      ...page,
      records: mapRoles(rows, context),
      rights: rightsOf(rows, session.own),
      next: to(last === undefined ? { stage: 'memberships', after: '' } : { stage: 'roles', after: last }),
    }
  }
  if (at.stage === 'memberships') {
    const { rows, last } = await readMemberships(session, at.after, pageSize, call)
    return {
      ...page,
      records: mapMemberships(rows, context),
      next: to(last === undefined ? { stage: 'databases' } : { stage: 'memberships', after: last }),
    }
  }
  if (at.stage === 'databases') {
    const { rows, skipped } = await readDatabases(session, call)
    return { ...page, records: mapGrants(rows, context), skipped, next: to(await databaseAfter(session, '', call)) }
  }
  const { rows, last } = await readObjects(session, at.database, at.after, pageSize, call)
  return {
    ...page,
    records: mapGrants(rows, context),
    next: to(
      last === undefined
        ? await databaseAfter(session, at.database, call)
        : { stage: 'objects', database: at.database, after: last },
    ),
  }
}

async function readPeopleGroups(client: PostgresSession['client'], call: Call): Promise<string[]> {
  const named = `SELECT oid::text AS oid FROM pg_roles WHERE rolname ~* '^(humans?|people|persons?|employees?|staff)$'`
  return (await ask<{ oid: string }>(client, call, named)).map(({ oid }) => oid)
}

function readRoles(session: PostgresSession, after: string, limit: number, call: Call): Promise<RoleRow[]> {
  const { client, own } = session
  const reads = own.readsVerifiers
  // Of a verifier only its kind leaves the server.
  const method = reads
    ? `CASE WHEN r.rolpassword LIKE 'SCRAM-SHA-256$%' THEN split_part(r.rolpassword, ':', 1) WHEN r.rolpassword LIKE 'md5%' THEN 'md5' END`
    : 'NULL::text'
  const settings = reads
    ? '(SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0)'
    : 'r.rolconfig'
  const columns = `r.oid, r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
    r.rolinherit, r.rolconnlimit, r.rolvaliduntil, ${reads ? 'r.rolpassword' : 'r.rolconfig'}`
  // What pg_has_role(…, 'MEMBER WITH ADMIN OPTION') says, which for each role goes through all that this one is a member of.
  const administers = own.isSuperuser
    ? 'true'
    : `EXISTS (SELECT FROM pg_auth_members am WHERE am.roleid = r.oid AND am.admin_option
         AND (am.member = (SELECT me.oid FROM pg_roles me WHERE me.rolname = current_user) OR pg_has_role(am.member, 'MEMBER')))`
  return ask<RoleRow>(
    client,
    call,
    `WITH live AS MATERIALIZED (SELECT usesysid, count(*)::int AS sessions, max(greatest(backend_start, state_change)) AS last_seen
                   FROM pg_stat_activity WHERE usesysid IS NOT NULL GROUP BY 1),
     page AS MATERIALIZED (SELECT ${columns} FROM ${rolesOf(session)} WHERE r.oid > $1::oid ORDER BY r.oid LIMIT $2)
     SELECT ${factsIn(session)}, r.rolsuper AS is_super, r.rolcreaterole AS create_role, r.rolcreatedb AS create_db,
            r.rolreplication AS replication, r.rolbypassrls AS bypass_rls, r.rolinherit AS inherits,
            r.rolvaliduntil::text AS valid_until, ${settings} AS settings, ${method} AS method,
            coalesce(live.sessions, 0) AS sessions, live.last_seen, ${administers} AS may_administer
     FROM page r LEFT JOIN live ON live.usesysid = r.oid ORDER BY r.oid`,
    [after, limit],
  )
}

interface MembershipColumns extends RoleFacts, Record<string, unknown> {
  role_oid: string
  admin: boolean
  inherit: boolean | null
  set: boolean | null
}

async function readMemberships(session: PostgresSession, after: string, limit: number, call: Call) {
  const { client, own } = session
  const options =
    own.version >= 160_000 ? 'bool_or(m.inherit_option), bool_or(m.set_option)' : 'NULL::boolean, NULL::boolean'
  const [member = '0', role = '0'] = after.split(' ')
  // OFFSET keeps each member a look-up, however few the roles are against the page.
  const found = await ask<MembershipColumns>(
    client,
    call,
    `WITH page (member, role, admin, inherit, set) AS MATERIALIZED
       (SELECT m.member, m.roleid, bool_or(m.admin_option), ${options} FROM pg_auth_members m
        WHERE (m.member, m.roleid) > ($1::oid, $2::oid) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $3)
     SELECT p.member::text AS oid, f.name, f.can_login, f.connection_limit, f.has_password, f.comment, f.people_group,
            p.role::text AS role_oid, p.admin, p.inherit, p.set
     FROM page p LEFT JOIN LATERAL (
       SELECT ${factsIn(session)} FROM ${rolesOf(session)} WHERE r.oid = p.member OFFSET 0
     ) f ON true ORDER BY p.member, p.role`,
    [member || '0', role, limit],
  )
  // Many belong to the same few.
  const oids = [...new Set(found.map(({ role_oid }) => role_oid))]
  const facts = `SELECT ${factsIn(session)} FROM ${rolesOf(session)} WHERE r.oid = ANY ($1::oid[])`
  const groups = await ask<RoleFacts & Record<string, unknown>>(client, call, facts, [oids])
  const byOid = new Map(groups.map((group) => [group.oid, group]))
  const rows = found.flatMap((row): MembershipRow[] => {
    const { role_oid, admin, inherit, set } = row
    const group = byOid.get(role_oid)
    // A role without a name is being dropped at this moment.
    return group === undefined || row.name === null ? [] : [{ member: row, role: group, admin, inherit, set }]
  })
  const last = found.at(-1)
  return { rows, last: last === undefined || found.length < limit ? undefined : `${last.oid} ${last.role_oid}` }
}

const scopes = `jsonb_agg(jsonb_build_object('scope', g.privilege_type, 'mayPassOn', g.is_grantable))`

/** What is granted on the databases themselves, and which of them cannot be looked into. */
async function readDatabases(session: PostgresSession, call: Call) {
  const { client } = session
  const rows = await ask<GrantRow>(
    client,
    call,
    `SELECT CASE WHEN g.grantee = 0 THEN NULL ELSE ${factsOf('g.grantee', session)} END AS grantee,
            'database' AS kind, NULL AS database, d.datname AS name, ${scopes} AS scopes
     FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
     WHERE NOT d.datistemplate AND g.grantee <> d.datdba GROUP BY g.grantee, d.datname
     UNION ALL
     SELECT ${factsOf('d.datdba', session)}, 'database', NULL, d.datname, '[{"scope":"OWNER","mayPassOn":false}]'
     FROM pg_database d WHERE NOT d.datistemplate`,
  )
  const found = await readDatabaseNames(session, call)
  const left = found.flatMap(({ name, isOpen, isWanted }): Skipped[] => {
    if (isOpen && isWanted) return []
    const reason = isWanted
      ? 'not open to the role: needs GRANT CONNECT ON DATABASE'
      : 'left out by the settings of this connection'
    return [{ scope: `database ${name}`, reason, within: placesIn(name) }]
  })
  // What is not there any more holds nothing that had to be kept.
  const missing = (wantedDatabases(session.config) ?? []).filter((name) => !found.some((each) => each.name === name))
  const unknown = missing.map((name) => ({
    scope: `database ${name}`,
    reason: 'named by the settings, and there is no such database',
    within: [],
  }))
  return { rows, skipped: [...left, ...unknown] }
}

/** How the ids of everything in a database begin. */
const placesIn = (database: string) => ['schema', 'table', 'sequence'].map((kind) => `${kind}:${database}.`)

async function databaseAfter(session: PostgresSession, after: string, call: Call): Promise<Cursor | null> {
  const found = await readDatabaseNames(session, call)
  const names = found.filter(({ isOpen, isWanted }) => isOpen && isWanted).map(({ name }) => name)
  const next = names.sort().find((name) => name > after)
  return next === undefined ? null : { stage: 'objects', database: next, after: '' }
}

/** Schemas and what lies in them, with what is granted on each and who owns it. The system's own are left out. */
async function readObjects(session: PostgresSession, database: string, after: string, limit: number, call: Call) {
  const client = await clientOf(session, database)
  const [oid = '0', kind = ''] = after.split(' ')
  const rows = await ask<GrantRow & { at: string }>(
    client,
    call,
    `WITH object AS (
       SELECT c.oid, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
              n.nspname || '.' || c.relname AS name, c.relowner AS owner, c.relacl AS acl
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r','p','v','m','f','S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       UNION ALL
       SELECT n.oid, 'schema', n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
       WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
     page AS (SELECT * FROM object WHERE (oid, kind) > ($1::oid, $2) ORDER BY oid, kind LIMIT $3),
     held AS (
       SELECT p.oid, p.kind, p.name, p.owner AS grantee, '[{"scope":"OWNER","mayPassOn":false}]'::jsonb AS scopes FROM page p
       UNION ALL
       SELECT p.oid, p.kind, p.name, g.grantee, ${scopes} FROM page p, aclexplode(p.acl) g
       WHERE g.grantee <> p.owner GROUP BY 1, 2, 3, 4)
     SELECT CASE WHEN h.grantee = 0 THEN NULL ELSE ${factsOf('h.grantee', session)} END AS grantee,
            h.kind, current_database() AS database, h.name, h.scopes, h.oid || ' ' || h.kind AS at
     FROM held h ORDER BY h.oid, h.kind`,
    [oid || '0', kind, limit],
  )
  const objects = new Set(rows.map(({ at }) => at)).size
  return { rows, last: objects < limit ? undefined : rows.at(-1)?.at }
}
