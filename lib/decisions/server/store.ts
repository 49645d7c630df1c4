import type pg from 'pg'
import type { z } from 'zod'
import { identityTraits } from '@/lib/identities/values'
import type { OpenScope } from '@/lib/incidents/rules'
import type { BulkTx } from '@/lib/platform/db/commit'
import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'
import { mayBePerson } from '../rules'
import type { Directory, UpdateDirectoryInput } from '../schema'
import type { StoredSource } from './read-enricher'
import { type LinkFacts, linkColumn } from './store-chain'
import { type GrantFacts, grantColumns, grantTables, notTakenBack } from './store-grants'
import { sourceJson, writeSources } from './store-sources'

export interface IdentityFacts {
  /** As the question named it. */
  ref: string
  id: string
  kind: string
  name: string
  status: string
  environment: string | null
  criticality: string | null
  isBegun: boolean
  hasOwner: boolean
  isOwnerConfirmed: boolean
  isRevoked: boolean
  blastRadius: number | null
  /** What is wrong with it by the catalogue's own rules; null = its line has not been worked out. */
  openProblems: string[] | null
}

export interface ResourceFacts {
  ref: string
  id: string
  kind: string
  environment: string | null
  sensitivity: string | null
  sourceId: string
}

export interface PersonFacts {
  ref: string
  id: string
  role: string
  isActive: boolean
}

export interface CatalogueFacts {
  identities: IdentityFacts[]
  people: PersonFacts[]
  resources: ResourceFacts[]
  entities: { type: string; id: string; properties: Record<string, unknown> }[]
  types: { type: string; actions: string[] }[]
  /** How far an identity may go with a resource, directly or through one role; deny edges, conditions and what expired left out. */
  held: { identity: string; resource: string; privilege: string }[]
  sources: StoredSource[]
  /** What active grants give these subjects on these resources. */
  grants: GrantFacts[]
  /** By subject: every grant that holds at this moment, whatever it is on. */
  grantIds: Record<string, string[]>
  /** Of those in the middle of a use of break-glass, its id. */
  breakGlass: Record<string, string>
  /** Who among them may act for whom; empty where the question names nobody beside its subject. */
  links: LinkFacts[]
  /** What is open at this moment. */
  incidents: OpenScope[]
  /** The organization's own policies: which version answers, and which stands beside it. */
  policies: PoliciesInUse | null
}

export interface PoliciesInUse {
  activeId: string | null
  activeNo: number | null
  activeHash: string | null
  activeKinds: string[]
  shadowId: string | null
  shadowNo: number | null
  shadowHash: string | null
  shadowKinds: string[]
  shadowTrial: string | null
}

export interface Named {
  subjects: readonly { type: string; id: string }[]
  resources: readonly { type: string; id: string }[]
  /** Whether some of them act for others. */
  isLinked?: boolean
}

/** In milliseconds: a statement that takes longer is a missing fact, and that is a no. */
const statementMs = 600

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const traitBit = (trait: (typeof identityTraits)[number]) => 1 << identityTraits.indexOf(trait)

const identityColumns = `i.id, i.kind, i.name, i.status, i.environment, i.criticality,
    (i.issued_at IS NULL OR i.issued_at <= now()) AS "isBegun",
    EXISTS (SELECT FROM ownership o WHERE o.org_id = i.org_id AND o.identity_id = i.id AND o.ended_at IS NULL AND o.state IN ('assigned', 'confirmed')
      AND (o.valid_until IS NULL OR o.valid_until > now())) AS "hasOwner",
    EXISTS (SELECT FROM ownership o WHERE o.org_id = i.org_id AND o.identity_id = i.id AND o.ended_at IS NULL AND o.state = 'confirmed'
      AND (o.valid_until IS NULL OR o.valid_until > now())) AS "isOwnerConfirmed",
    coalesce((SELECT r.state IN ('queued', 'running', 'waiting', 'parked', 'done') AND d.state NOT IN ('waiting', 'rejected', 'expired', 'cancelled', 'withdrawn')
      FROM lifecycle_run r JOIN lifecycle_order d ON d.org_id = r.org_id AND d.id = r.order_id
      WHERE r.org_id = i.org_id AND r.identity_id = i.id AND r.kind = 'revocation' AND r.credential_id IS NULL ORDER BY r.id DESC LIMIT 1), false) AS "isRevoked",
    (SELECT s.score FROM identity_score s WHERE s.org_id = i.org_id AND s.identity_id = i.id) AS "blastRadius",
    (SELECT array_remove(ARRAY[CASE WHEN l.owner_state IN ('none', 'left') THEN 'ownership' END, CASE WHEN l.next_expiry_at < now() THEN 'expired_credential' END,
        CASE WHEN EXISTS (SELECT FROM rotation_due d WHERE d.org_id = i.org_id AND d.identity_id = i.id AND d.overdue_at < now()
          AND (d.excepted_until IS NULL OR d.excepted_until < now())) THEN 'rotation_overdue' END,
        CASE WHEN l.traits & ${traitBit('cross_environment')} <> 0 THEN 'cross_environment' END,
        CASE WHEN l.traits & ${traitBit('owner_conflict')} <> 0 THEN 'owner_conflict' END], NULL)
      FROM identity_listing l WHERE l.org_id = i.org_id AND l.identity_id = i.id) AS "openProblems"`

const rankOf = (row: string) => `array_position(ARRAY['read', 'write', 'secret_read', 'admin'], ${row}.privilege)`
const holdsOf = (
  edge: string,
) => `${edge}.kind = 'grants' AND ${edge}.effect = 'allow' AND ${edge}.deleted_at IS NULL AND (${edge}.expires_at IS NULL OR ${edge}.expires_at > now())
    AND ${edge}.condition IS NULL AND ${edge}.not_evaluable IS NULL`
const [rank, holds] = [rankOf('e'), holdsOf('e')]

/** One statement for one question or two hundred: everything the catalogue and the organization's own directory say of them. */
const factsSql = `
  WITH found AS MATERIALIZED (
    SELECT r.ref, ${identityColumns} FROM unnest($2::text[]) r(ref) JOIN identity i ON i.org_id = $1 AND i.external_id = r.ref AND i.deleted_at IS NULL
    UNION ALL
    SELECT r.ref::text, ${identityColumns} FROM unnest($3::uuid[]) r(ref) JOIN identity i ON i.org_id = $1 AND i.id = r.ref AND i.deleted_at IS NULL
  ), things AS MATERIALIZED (
    SELECT r.ref, s.id, s.kind, s.environment, s.effective_sensitivity AS sensitivity, s.source_id AS "sourceId"
    FROM unnest($4::text[]) r(ref) JOIN resource s ON s.org_id = $1 AND s.external_id = r.ref AND s.deleted_at IS NULL
    UNION ALL
    SELECT r.ref::text, s.id, s.kind, s.environment, s.effective_sensitivity, s.source_id
    FROM unnest($5::uuid[]) r(ref) JOIN resource s ON s.org_id = $1 AND s.id = r.ref AND s.deleted_at IS NULL
  ), ${grantTables}, held AS (
    SELECT e.from_id AS identity, e.to_id AS resource, ${rank} AS rank FROM entitlement e
    WHERE e.org_id = $1 AND e.from_id IN (SELECT id FROM found) AND e.to_id IN (SELECT id FROM things) AND ${holds} AND ${notTakenBack('e')}
    UNION ALL
    SELECT m.from_id, e.to_id, ${rank} FROM entitlement m JOIN entitlement e ON e.org_id = m.org_id AND e.from_id = m.to_id
    WHERE m.org_id = $1 AND m.from_id IN (SELECT id FROM found) AND m.kind IN ('member_of', 'assumes') AND m.effect = 'allow' AND m.deleted_at IS NULL
      AND (m.expires_at IS NULL OR m.expires_at > now()) AND m.condition IS NULL AND m.not_evaluable IS NULL
      AND e.to_id IN (SELECT id FROM things) AND ${holds} AND ${notTakenBack('m')}
  )
  SELECT
    (SELECT coalesce(json_agg(f), '[]') FROM found f) AS identities,
    (SELECT coalesce(json_agg(t), '[]') FROM things t) AS resources,
    (SELECT coalesce(json_agg(h), '[]') FROM (
      SELECT identity, resource, (ARRAY['read', 'write', 'secret_read', 'admin'])[max(rank)] AS privilege FROM held h
      WHERE NOT EXISTS (SELECT FROM entitlement d WHERE d.org_id = $1 AND d.from_id = h.identity AND d.to_id = h.resource AND d.effect = 'deny' AND d.deleted_at IS NULL)
      GROUP BY identity, resource HAVING max(rank) IS NOT NULL) h) AS held,
    (SELECT coalesce(json_agg(p), '[]') FROM (
      SELECT n.ref, u.id, m.role, m.status = 'active' AND u.status = 'active' AS "isActive"
      FROM (SELECT r.ref, u.id FROM unnest($6::text[]) r(ref) JOIN user_account u ON u.email = r.ref
        UNION ALL SELECT r.ref::text, r.ref FROM unnest($10::uuid[]) r(ref)) n
      JOIN user_account u ON u.id = n.id JOIN membership m ON m.org_id = $1 AND m.user_id = u.id) p) AS people,
    (SELECT coalesce(json_agg(json_build_object('type', a.type, 'id', a.id, 'properties', a.properties)), '[]')
      FROM unnest($7::text[], $8::text[]) n(type, id) JOIN access_entity a ON a.org_id = $1 AND a.type = n.type AND a.id = n.id) AS entities,
    (SELECT coalesce(json_agg(json_build_object('type', t.type, 'actions', t.actions)), '[]')
      FROM access_type t WHERE t.org_id = $1 AND t.type = ANY ($9::text[])) AS types,
    ${grantColumns({ rank: rankOf, holds: holdsOf })},
    ${linkColumn},
    (SELECT coalesce(json_agg(${sourceJson} || jsonb_build_object('sealed', encode(s.sealed, 'base64'))), '[]')
      FROM access_source s WHERE s.org_id = $1) AS sources,
    (SELECT coalesce(json_agg(json_build_object('id', n.id, 'title', n.title, 'severity', n.severity, 'sourceIds', n.source_ids,
      'environments', n.environments)), '[]') FROM incident n WHERE n.org_id = $1 AND n.state = 'open') AS incidents,
    (SELECT json_build_object('activeId', p.active_id, 'activeNo', p.active_no, 'activeHash', p.active_hash, 'activeKinds', p.active_kinds,
      'shadowId', p.shadow_id, 'shadowNo', p.shadow_no, 'shadowHash', p.shadow_hash, 'shadowKinds', p.shadow_kinds, 'shadowTrial', p.shadow_trial)
      FROM policy_setting p WHERE p.org_id = $1 AND (p.active_id IS NOT NULL OR p.shadow_id IS NOT NULL)) AS policies`

/** @throws whatever the database says when it cannot answer in time */
export async function readFacts(
  tenant: Tenant,
  { subjects, resources, isLinked = false }: Named,
): Promise<CatalogueFacts> {
  const ids = [...new Set(subjects.map(({ id }) => id))]
  const things = [...new Set(resources.map(({ id }) => id))]
  const named = [...new Map([...subjects, ...resources].map((each) => [`${each.type}\n${each.id}`, each])).values()]
  const people = [...new Set(subjects.filter(mayBePerson).map(({ id }) => id))]
  const isUuid = (id: string) => uuid.test(id)
  const values = [
    tenant.orgId,
    ids.filter((id) => !isUuid(id)),
    ids.filter(isUuid),
    things.filter((id) => !isUuid(id)),
    things.filter(isUuid),
    people.filter((id) => !isUuid(id)),
    named.map(({ type }) => type),
    named.map(({ id }) => id),
    [...new Set(resources.map(({ type }) => type))],
    people.filter(isUuid),
    isLinked,
  ]
  const [facts] = await run<CatalogueFacts>(tenant, { name: 'decision-facts', text: factsSql, values })
  if (!facts) throw new Error('the facts have one row')
  return facts
}

export interface Candidate {
  id: string
  /** What the page continues behind. */
  position: string
}

/** Things of a type, in the order of their ids: of the catalogue or of the organization's directory. At most `most`. */
export async function listCandidates(
  tenant: Tenant,
  of: { side: 'identity' | 'resource' | 'membership'; kinds: readonly string[] | null; toldType: string | null },
  after: string,
  most: number,
): Promise<Candidate[]> {
  if (of.toldType !== null)
    return run<Candidate>(tenant, {
      name: 'decision-told',
      text: `SELECT id, id AS position FROM access_entity WHERE org_id = $1 AND type = $2 AND id > $3 ORDER BY id LIMIT $4`,
      values: [tenant.orgId, of.toldType, after, most],
    })
  const first = after || '00000000-0000-0000-0000-000000000000'
  if (of.side === 'membership')
    return run<Candidate>(tenant, {
      name: 'decision-members',
      text: `SELECT user_id::text AS id, user_id::text AS position FROM membership WHERE org_id = $1 AND user_id > $2::uuid ORDER BY user_id LIMIT $3`,
      values: [tenant.orgId, first, most],
    })
  return run<Candidate>(tenant, {
    name: `decision-${of.side}`,
    text: `SELECT id::text, id::text AS position FROM ${of.side}
      WHERE org_id = $1 AND ($2::text[] IS NULL OR kind = ANY ($2::text[])) AND id > $3::uuid AND deleted_at IS NULL ORDER BY id LIMIT $4`,
    values: [tenant.orgId, of.kinds, first, most],
  })
}

/** Whether the organization told of anything of a type, and what can be done to it. */
export async function readTold(
  tenant: Tenant,
  type: string,
): Promise<{ actions: string[] | null; hasEntities: boolean }> {
  const [told] = await run<{ actions: string[] | null; hasEntities: boolean }>(tenant, {
    name: 'decision-type',
    text: `SELECT (SELECT actions FROM access_type WHERE org_id = $1 AND type = $2) AS actions,
      EXISTS (SELECT FROM access_entity WHERE org_id = $1 AND type = $2) AS "hasEntities"`,
    values: [tenant.orgId, type],
  })
  return told ?? { actions: null, hasEntities: false }
}

/** The identity that an API key is in the inventory; undefined before its first merge. */
export async function findKeyIdentity(tenant: Tenant, ref: string): Promise<string | undefined> {
  const rows = await run<{ id: string }>(tenant, {
    name: 'decision-caller',
    text: `SELECT id FROM identity WHERE org_id = $1 AND external_id = $2 AND deleted_at IS NULL`,
    values: [tenant.orgId, ref],
  })
  return rows[0]?.id
}

export async function readDirectory(tenant: Tenant): Promise<Omit<Directory, 'can'>> {
  const [row] = await run<Omit<Directory, 'can'>>(tenant, {
    name: 'decision-directory',
    text: `SELECT coalesce(max(d.version), 0) AS version, to_char(max(d.updated_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "updatedAt",
        max(d.updated_by) AS "updatedBy",
        (SELECT coalesce(json_agg(json_build_object('type', type, 'actions', actions) ORDER BY type), '[]') FROM access_type WHERE org_id = $1) AS types,
        (SELECT coalesce(json_agg(${sourceJson} || jsonb_build_object('hasSecret', s.sealed IS NOT NULL) ORDER BY s.name), '[]')
          FROM access_source s WHERE s.org_id = $1) AS sources,
        (SELECT coalesce(json_object_agg(type, n), '{}') FROM (SELECT type, count(*)::int AS n FROM access_entity WHERE org_id = $1 GROUP BY type) t) AS entities
      FROM access_directory d WHERE d.org_id = $1`,
    values: [tenant.orgId],
  })
  if (!row) throw new Error('an aggregate has one row')
  return row
}

/** Puts all of it in the place of what was told before. */
export async function writeDirectory(
  { client, orgId }: BulkTx,
  { types, entities, sources }: z.output<typeof UpdateDirectoryInput>,
  by: string,
): Promise<void> {
  // One at a time, and the version first: it is the lock.
  await client.query(
    `INSERT INTO access_directory (org_id, updated_by) VALUES ($1, $2)
     ON CONFLICT (org_id) DO UPDATE SET version = access_directory.version + 1, updated_at = now(), updated_by = $2`,
    [orgId, by],
  )
  for (const table of ['access_type', 'access_entity'])
    await client.query(`DELETE FROM ${table} WHERE org_id = $1`, [orgId])
  await client.query(
    `INSERT INTO access_type (org_id, type, actions)
     SELECT $1, e->>'type', ARRAY(SELECT jsonb_array_elements_text(e->'actions')) FROM jsonb_array_elements($2::jsonb) e`,
    [orgId, JSON.stringify(types)],
  )
  await client.query(
    `INSERT INTO access_entity (org_id, type, id, properties)
     SELECT $1, e->>'type', e->>'id', coalesce(e->'properties', '{}') FROM jsonb_array_elements($2::jsonb) e`,
    [orgId, JSON.stringify(entities)],
  )
  await writeSources({ client, orgId } as BulkTx, sources)
}

/** A prepared statement on a connection that is set to the organization. One that hangs is given up, with its connection. */
async function run<Row extends object>(tenant: Tenant, query: pg.QueryConfig): Promise<Row[]> {
  const client = await takeConnection(tenant.orgId)
  let broken: Error | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the database did not answer in time')), statementMs)
    })
    const { rows } = await Promise.race([client.query<Row>(query), late])
    return rows
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    clearTimeout(timer)
    client.release(broken)
  }
}
