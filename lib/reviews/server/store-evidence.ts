import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { ItemLevel } from '../values'
import { evidenceFields, evidenceHead } from './map-evidence'
import { runSql } from './store-population'

/**
 * Evidence as text, in the form of map-evidence.ts. Millions of these are made at a launch: values are put into arrays of text, which
 * PostgreSQL writes as JSON many times faster than objects of typed values; each table is read once, in its order.
 */

/** What an item's evidence lists at most; it tells how many there are. */
const mostGrants = 10
const mostCredentials = 5
const mostDependents = 10

/** The values of a part in their order, as an array of text; `given` says each in SQL. */
function valuesOf<Names extends readonly string[]>(names: Names, given: Record<Names[number], Prisma.Sql>): Prisma.Sql {
  const values = names.map((name) => Prisma.sql`(${given[name as Names[number]]})::text`)
  return Prisma.sql`ARRAY[${Prisma.join(values, ', ')}]`
}

const column = (text: string) => Prisma.raw(text)

const heldValues = valuesOf(evidenceFields.held, {
  ...{ id: column('c.id'), name: column('c.name'), type: column('c.type'), status: column('c.status') },
  ...{ issuedAt: column('c.issued_at'), rotatedAt: column('c.rotated_at'), expiresAt: column('c.expires_at') },
  ...{ neverExpires: column('c.never_expires'), lastUsedAt: column('c.last_used_at') },
  ...{ neverUsed: column('c.never_used'), lastFour: column('c.last_four') },
})

/** The name and kind of what a grant `e` leads to: a resource `r`, or by its id one of the few that lead to a role or an identity. */
const targetOf = (org: string, what: 'name' | 'kind') => Prisma.sql`CASE e.to_type
  WHEN 'resource' THEN r.${column(what)}
  WHEN 'role' THEN (SELECT o.${column(what)} FROM role o WHERE o.org_id = ${org}::uuid AND o.id = e.to_id)
  WHEN 'identity' THEN (SELECT n.${column(what)} FROM identity n WHERE n.org_id = ${org}::uuid AND n.id = e.to_id) END`

/** Where grants `e` lead to, as far as it is a resource. */
const joinResource = (org: string) =>
  Prisma.sql`LEFT JOIN resource r ON e.to_type = 'resource' AND r.org_id = ${org}::uuid AND r.id = e.to_id`

const environmentOf = (org: string) => Prisma.sql`CASE e.to_type WHEN 'resource' THEN r.environment
  WHEN 'identity' THEN (SELECT n.environment FROM identity n WHERE n.org_id = ${org}::uuid AND n.id = e.to_id) END`

const grantValues = (org: string) =>
  valuesOf(evidenceFields.grants, {
    entitlementId: column('e.id'),
    kind: column('e.kind'),
    to: Prisma.sql`coalesce(${targetOf(org, 'name')}, e.to_ref)`,
    toKind: Prisma.sql`coalesce(${targetOf(org, 'kind')}, e.to_type)`,
    environment: environmentOf(org),
    sensitivity: column('r.effective_sensitivity'),
    ...{ privilege: column('e.privilege'), scopes: column('array_to_json(e.scopes[1:20])') },
    ...{ scopeCount: column('e.scope_count'), effect: column('e.effect'), condition: column('e.condition') },
    ...{ expiresAt: column('e.expires_at'), lastUsedAt: column('e.last_used_at') },
  })

const might = Prisma.sql`CASE e.privilege WHEN 'admin' THEN 4 WHEN 'secret_read' THEN 3 WHEN 'write' THEN 2 WHEN 'read' THEN 1 ELSE 0 END`

/** A list of lists as JSON, of the first so many. */
const listed = (values: Prisma.Sql, order: Prisma.Sql, most: number) =>
  Prisma.sql`array_to_json((array_agg(${values} ORDER BY ${order}))[1:${Prisma.raw(String(most))}])::text`

/** The column that says what an item is about. */
const subjectOf = (level: ItemLevel, row: 'v' | 'p') => column(`${row}.${level}_id`)

/**
 * What hangs on the identities, gathered before the items are written: their own grants with a hash of all of them, their credentials,
 * who acts by them, where their secrets were seen, and the last decision on each item. Only the first few are described; all are counted and in the hash.
 */
export async function gatherEvidence(bulk: BulkTx, level: ItemLevel): Promise<void> {
  const org = bulk.orgId
  const subject = subjectOf(level, 'v')
  await bulk.client.query(
    `DROP TABLE IF EXISTS pg_temp.pop_grant, pg_temp.pop_credential, pg_temp.pop_dependent, pg_temp.pop_seen, pg_temp.pop_previous`,
  )
  const order = Prisma.sql`${might} DESC, e.to_ref COLLATE "C", e.id`
  await runSql(
    bulk,
    Prisma.sql`CREATE TEMP TABLE pop_grant ON COMMIT DROP AS
      SELECT e.from_id AS identity_id, count(*)::int AS count,
        md5(string_agg(concat_ws('|', e.kind, e.to_ref, e.privilege, e.effect, e.condition, e.scopes), ' ' ORDER BY ${order}))::uuid AS hash,
        ${listed(grantValues(org), order, mostGrants)} AS listed
      FROM pg_temp.pop_identity x JOIN entitlement e ON e.org_id = ${org}::uuid AND e.from_id = x.identity_id AND e.deleted_at IS NULL
      ${joinResource(org)} GROUP BY e.from_id`,
  )
  await runSql(
    bulk,
    Prisma.sql`CREATE TEMP TABLE pop_credential ON COMMIT DROP AS
      SELECT c.identity_id, ${listed(heldValues, Prisma.sql`c.issued_at NULLS FIRST, c.id`, mostCredentials)} AS listed
      FROM pg_temp.pop_identity x JOIN credential c ON c.org_id = ${org}::uuid AND c.identity_id = x.identity_id AND c.deleted_at IS NULL
      GROUP BY c.identity_id`,
  )
  const dependent = valuesOf(evidenceFields.dependents, {
    ...{ id: column('d.from_id'), type: column('d.from_type'), how: column('d.kind') },
    name: column('coalesce(n.name, h.name, r.name, o.name, d.from_ref)'),
  })
  await runSql(
    bulk,
    Prisma.sql`CREATE TEMP TABLE pop_dependent ON COMMIT DROP AS
      SELECT d.to_id AS identity_id, max(d.of)::int AS count, ${listed(dependent, Prisma.sql`d.place`, mostDependents)} AS listed
      FROM (
        SELECT e.*, row_number() OVER (PARTITION BY e.to_id ORDER BY e.kind, e.from_ref, e.id) AS place, count(*) OVER (PARTITION BY e.to_id) AS of
        FROM entitlement e JOIN pg_temp.pop_identity x ON x.identity_id = e.to_id
        WHERE e.org_id = ${org}::uuid AND e.deleted_at IS NULL AND e.effect = 'allow' AND e.from_id IS NOT NULL
          AND e.kind IN ('assumes', 'impersonates', 'runs_as', 'delegates_to')
      ) d
      LEFT JOIN identity n ON d.from_type = 'identity' AND n.org_id = ${org}::uuid AND n.id = d.from_id
      LEFT JOIN human h ON d.from_type = 'human' AND h.org_id = ${org}::uuid AND h.id = d.from_id
      LEFT JOIN resource r ON d.from_type = 'resource' AND r.org_id = ${org}::uuid AND r.id = d.from_id
      LEFT JOIN role o ON d.from_type = 'role' AND o.org_id = ${org}::uuid AND o.id = d.from_id
      WHERE d.place <= ${mostDependents} GROUP BY d.to_id`,
  )
  await runSql(
    bulk,
    Prisma.sql`CREATE TEMP TABLE pop_seen ON COMMIT DROP AS SELECT k.identity_id, count(*)::int AS places FROM (
        SELECT c.identity_id, s.id FROM sighting s JOIN credential c ON c.org_id = ${org}::uuid AND c.fingerprint = s.fingerprint
        WHERE s.org_id = ${org}::uuid AND s.deleted_at IS NULL AND c.deleted_at IS NULL
        UNION SELECT c.identity_id, s.id FROM sighting s JOIN credential c ON c.org_id = ${org}::uuid AND c.external_id = s.about_ref
        WHERE s.org_id = ${org}::uuid AND s.about_type = 'credential' AND s.deleted_at IS NULL AND c.deleted_at IS NULL
      ) k JOIN pg_temp.pop_identity x ON x.identity_id = k.identity_id GROUP BY k.identity_id`,
  )
  const previous = valuesOf(evidenceFields.previous, {
    ...{ campaignId: column('v.campaign_id'), item: column('v.no'), campaign: column('k.name') },
    ...{ outcome: column('v.outcome'), at: column('v.settled_at') },
    by: Prisma.sql`SELECT a.by_name FROM review_assignment a WHERE a.org_id = ${org}::uuid AND a.campaign_id = v.campaign_id
      AND a.item_no = v.no AND a.state = 'signed' ORDER BY a.at DESC LIMIT 1`,
  })
  await runSql(
    bulk,
    Prisma.sql`CREATE TEMP TABLE pop_previous ON COMMIT DROP AS
      SELECT DISTINCT ON (${subject}) ${subject} AS subject_id, array_to_json(${previous})::text AS previous
      FROM review_campaign k JOIN review_item v ON v.org_id = ${org}::uuid AND v.campaign_id = k.id AND v.outcome IS NOT NULL
      JOIN pg_temp.pop_identity x ON x.identity_id = v.identity_id
      WHERE k.org_id = ${org}::uuid AND k.level = ${level} AND k.frozen_at IS NOT NULL ORDER BY ${subject}, v.settled_at DESC`,
  )
  for (const table of ['pop_grant', 'pop_credential', 'pop_dependent', 'pop_seen', 'pop_previous'])
    await bulk.client.query(`ANALYZE pg_temp.${table}`)
}

export interface Freezing {
  campaignId: string
  level: ItemLevel
  staleAfterDays: number
  aloneFromScore: number | null
}

/** A JSON text for each of these that is not null, with commas between. */
const sentences = (...cases: Prisma.Sql[]) => Prisma.sql`concat('[', concat_ws(',', ${Prisma.join(cases, ', ')}), ']')`
const problem = (rule: string, says: string) => JSON.stringify([rule, says])

const isIn = Prisma.sql`u.usage IN ('never', 'stale')`

/** What a careful reviewer would do first. Never more than advice. */
const recommended = Prisma.sql`CASE WHEN l.status IN ('disabled', 'gone') OR ${isIn} THEN 'revoke'
  WHEN u.usage = 'unknown' OR l.owner_state <> 'confirmed' THEN 'unsure' ELSE 'certify' END`

/** Why, as sentences. */
const reasons = (days: number) =>
  sentences(
    Prisma.sql`CASE l.status WHEN 'disabled' THEN '"It is switched off at its source."' WHEN 'gone' THEN '"It is gone from its source."' END`,
    Prisma.sql`CASE u.usage WHEN 'never' THEN '"It was never used."'
      WHEN 'stale' THEN ${`"It has not been used for over ${days} days."`}::text
      WHEN 'unknown' THEN '"Its source does not say when it was used."' ELSE ${`"It was used within the last ${days} days."`}::text END`,
    Prisma.sql`CASE l.owner_state WHEN 'none' THEN '"Nobody answers for it."' WHEN 'left' THEN '"Whoever answered for it has left."'
      WHEN 'suggested' THEN '"Nobody has confirmed an owner."' ELSE '"An owner answers for it."' END`,
  )

const problems = sentences(
  Prisma.sql`CASE WHEN l.owner_state IN ('none', 'left') THEN ${problem('ownership', 'Nobody answers for it.')}::text END`,
  Prisma.sql`CASE WHEN l.next_expiry_at < now() THEN ${problem('expiry', 'A credential of it has expired.')}::text END`,
  Prisma.sql`CASE WHEN l.oldest_credential_at < w.rotate_before
    THEN ${problem('rotation', 'Its oldest credential is older than the organization’s rule.')}::text END`,
  Prisma.sql`CASE WHEN ${isIn} THEN ${problem('usage', 'It is not in use.')}::text END`,
)

/** Of an identity itself; `l` its line in the list, `s` its source, `sc` its blast radius, `g` its grants, `d` who acts by it. */
const isValues = valuesOf(evidenceFields.is, {
  ...{ id: column('i.id'), name: column('i.name'), kind: column('i.kind'), status: column('l.status') },
  ...{ externalId: column('i.external_id'), system: column('s.system'), source: column('s.name') },
  ...{ environment: column('l.environment'), purpose: column(`coalesce(i.description, i.tags ->> 'purpose')`) },
  ...{ criticality: column('i.criticality'), issuedAt: column('i.issued_at'), firstSeenAt: column('i.first_seen_at') },
  privilege: column(
    `CASE l.privilege_rank WHEN 1 THEN 'read' WHEN 2 THEN 'write' WHEN 3 THEN 'secret_read' WHEN 4 THEN 'admin' END`,
  ),
  grantCount: column('coalesce(g.count, 0)'),
  ...{ score: column('sc.score'), identities: column('sc.identities'), systems: column('sc.systems') },
  ...{ hours: column('sc.hours'), isUnbounded: column('sc.is_unbounded') },
  ...{ credentialCount: column('l.credential_count'), oldestAt: column('l.oldest_credential_at') },
  ...{ nextExpiryAt: column('l.next_expiry_at'), neverExpires: column('l.never_expires') },
  ...{ usage: column('u.usage'), lastUsedAt: column('u.at'), neverUsed: column('u.never') },
  where: column(
    `CASE WHEN i.attributes <> '{}' THEN coalesce(i.attributes ->> 'last_used_from', i.attributes ->> 'lastUsedService', i.attributes ->> 'lastUsedFrom') END`,
  ),
  dependentCount: column('coalesce(d.count, 0)'),
  recommendation: recommended,
  sightingCount: column('coalesce(z.places, 0)'),
})

const evidence = ({ level, staleAfterDays }: Freezing, org: string) => Prisma.sql`concat(
  ${Prisma.raw(`'${evidenceHead}"is":'`)}, array_to_json(${isValues}), ',"owners":', x.owners, ',"grants":', coalesce(g.listed, '[]'),
  ',"held":', coalesce(h.listed, '[]'), ',"dependents":', coalesce(d.listed, '[]'), ',"previous":', coalesce(v.previous, 'null'),
  ',"credential":', ${level === 'credential' ? Prisma.sql`array_to_json(${heldValues})` : Prisma.sql`'null'`},
  ',"entitlement":', ${level === 'entitlement' ? Prisma.sql`array_to_json(${grantValues(org)})` : Prisma.sql`'null'`},
  ',"reasons":', ${reasons(staleAfterDays)}, ',"problems":', ${problems}, '}')`

/** What of an item is its own at each level: the joins, when it was used, its name, and what makes it equal to others. */
function ownOf(level: ItemLevel, org: string) {
  if (level === 'credential')
    return {
      joins: Prisma.sql`JOIN credential c ON c.org_id = ${org}::uuid AND c.id = p.credential_id`,
      used: Prisma.sql`c.last_used_at AS at, c.never_used AS never`,
      subject: Prisma.sql`c.name`,
      own: Prisma.sql`concat_ws('|', c.type, c.status, c.never_expires, c.expires_at < now(), date_bin('90 days', coalesce(c.rotated_at, c.issued_at), '2020-01-01'))`,
    }
  if (level === 'entitlement')
    return {
      joins: Prisma.sql`JOIN entitlement e ON e.org_id = ${org}::uuid AND e.id = p.entitlement_id ${joinResource(org)}`,
      used: Prisma.sql`e.last_used_at AS at, false AS never`,
      subject: Prisma.sql`left(coalesce(nullif(array_to_string(e.scopes[1:3], ', '), ''), e.kind), 200) || ' → ' || coalesce(${targetOf(org, 'name')}, e.to_ref)`,
      own: Prisma.sql`concat_ws('|', e.kind, e.privilege, e.condition, r.effective_sensitivity, ${targetOf(org, 'kind')}, ${environmentOf(org)}, e.scopes)`,
    }
  return {
    joins: Prisma.empty,
    used: Prisma.sql`i.last_used_at AS at, i.never_used AS never`,
    subject: Prisma.sql`NULL::text`,
    own: Prisma.sql`g.hash`,
  }
}

/** The items with their evidence as a query; columns of its row `f`. */
export function frozenRows(org: string, freezing: Freezing): Prisma.Sql {
  const { level, staleAfterDays, aloneFromScore } = freezing
  const { joins, used, subject, own } = ownOf(level, org)
  return Prisma.sql`
    SELECT p.no, p.identity_id, p.credential_id, p.entitlement_id, i.source_id, i.name, ${subject} AS subject, l.owner_label, l.score,
      l.privilege_rank, i.kind, l.environment, s.system, u.at AS last_used_at, u.usage, ${recommended} AS recommendation,
      md5(concat_ws('/', i.kind, l.environment, l.status, i.source_id, x.sequence, l.owner_state, l.privilege_rank, l.traits, u.usage, ${recommended},
        l.credential_count, l.never_expires, l.oldest_credential_at < w.stale_before, l.next_expiry_at < now(), floor(l.score / 10), i.criticality,
        d.count, ${own}))::uuid AS group_hash,
      ${level === 'identity' ? Prisma.sql`g.hash` : Prisma.sql`md5(${own})::uuid`} AS access_hash,
      coalesce(l.score >= ${aloneFromScore}::real, false) AS is_alone,
      CASE WHEN x.sole IS NULL THEN '{}' ELSE ARRAY[x.sole] END AS sole_owner_ids, x.creators AS creator_ids, x.users AS user_ids,
      ${evidence(freezing, org)} AS frozen
    FROM pg_temp.pop p
    JOIN identity i ON i.org_id = ${org}::uuid AND i.id = p.identity_id
    JOIN identity_listing l ON l.org_id = ${org}::uuid AND l.identity_id = p.identity_id
    JOIN source s ON s.org_id = ${org}::uuid AND s.id = i.source_id
    JOIN pg_temp.pop_identity x ON x.identity_id = p.identity_id
    ${joins}
    LEFT JOIN identity_score sc ON sc.org_id = ${org}::uuid AND sc.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_grant g ON g.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_credential h ON h.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_dependent d ON d.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_seen z ON z.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_previous v ON v.subject_id = ${subjectOf(level, 'p')}
    CROSS JOIN (SELECT now() - make_interval(days => ${staleAfterDays}::int) AS stale_before,
      now() - make_interval(days => o.rotate_after_days) AS rotate_before FROM organization o WHERE o.id = ${org}::uuid) w
    CROSS JOIN LATERAL (SELECT y.at, y.never, CASE WHEN y.at IS NULL THEN CASE WHEN y.never THEN 'never' ELSE 'unknown' END
      WHEN y.at < w.stale_before THEN 'stale' ELSE 'used' END AS usage FROM (SELECT ${used}) y OFFSET 0) u`
}
