import { Prisma } from '@/lib/platform/db/generated/client'

/**
 * Who must not certify what, as queries for use inside other statements: `ids` gives identities (`identity_id`), the answer has a row
 * for each with a conflict, and the users as text. All work on many identities at once; each part is worked out once, as statements
 * about what was written a moment ago have no statistics that a planner could go by.
 */

const active = Prisma.sql`m.status = 'active' AND u.status = 'active'`

/** Every key that can own, with the least and the greatest id of the people behind it: equal when it is one person. */
export const ownerKeys = (org: string) => Prisma.sql`
  SELECT 'user:' || m.user_id AS key, m.user_id::text AS lo, m.user_id::text AS hi
  FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.org_id = ${org}::uuid AND ${active}
  UNION ALL
  SELECT 'team:' || x.team_id, min(m.user_id::text), max(m.user_id::text)
  FROM team_member x JOIN membership m ON m.org_id = x.org_id AND m.id = x.membership_id JOIN user_account u ON u.id = m.user_id
  WHERE x.org_id = ${org}::uuid AND ${active} GROUP BY x.team_id`

/** An ownership by which somebody answers now. */
export const answers = Prisma.sql`o.ended_at IS NULL AND (o.valid_until IS NULL OR o.valid_until > now())
  AND o.state IN ('assigned', 'confirmed') AND o.duty <> 'backup'`

const creatorFields = ['created_by', 'createdBy', 'creator', 'created-by']

/** One person alone answers: by their own name, by teams of which they are all, or both. */
const soleOwners = (org: string) => Prisma.sql`
  SELECT o.identity_id, min(k.lo) AS user_id, 'sole' AS what
  FROM asked p JOIN ownership o ON o.org_id = ${org}::uuid AND o.identity_id = p.identity_id AND ${answers} JOIN key k ON k.key = o.owner_key
  GROUP BY o.identity_id HAVING min(k.lo) = max(k.hi)`

/** Whoever the source names as the creator, by e-mail address or as a person it knows; and who made an API key of this product. */
const creators = (org: string) => Prisma.sql`
  SELECT s.identity_id, w.user_id, 'creator' AS what FROM (
    SELECT p.identity_id, lower(c.word) AS word FROM asked p JOIN identity i ON i.org_id = ${org}::uuid AND i.id = p.identity_id
      AND (i.attributes ?| ${creatorFields}::text[] OR i.tags ?| ${creatorFields}::text[])
    CROSS JOIN unnest(${creatorFields}::text[]) AS f (name)
    CROSS JOIN LATERAL (VALUES (i.attributes ->> f.name), (i.tags ->> f.name)) c (word) WHERE c.word IS NOT NULL
  ) s JOIN word w ON w.word = s.word
  UNION
  SELECT p.identity_id, substr(o.owner_key, 6), 'creator'
  FROM asked p JOIN ownership o ON o.org_id = ${org}::uuid AND o.identity_id = p.identity_id AND o.evidence = 'made the API key'
    AND left(o.owner_key, 5) = 'user:'`

/** The names by which sources call the members of the organization. */
const peopleWords = (org: string) => Prisma.sql`
  SELECT lower(u.email) AS word, m.user_id::text AS user_id
  FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.org_id = ${org}::uuid
  UNION
  SELECT lower(n.word), m.user_id::text
  FROM membership m JOIN user_account u ON u.id = m.user_id
  JOIN human h ON h.org_id = ${org}::uuid AND lower(h.email) = lower(u.email) AND h.deleted_at IS NULL
  CROSS JOIN LATERAL (VALUES (h.external_id), (h.name)) n (word) WHERE m.org_id = ${org}::uuid`

/** Whoever can act as it: as a person of a source, by themselves or through groups and roles. */
const users = (org: string) => Prisma.sql`
  SELECT DISTINCT p.identity_id, b.user_id, 'user' AS what FROM actor b
  JOIN entitlement e ON e.org_id = ${org}::uuid AND e.from_id = b.id AND e.kind IN ('assumes', 'impersonates', 'runs_as', 'delegates_to')
    AND e.effect = 'allow' AND e.deleted_at IS NULL AND e.to_id IS NOT NULL
  JOIN asked p ON p.identity_id = e.to_id`

/** All of it as it is now: one row for each identity with a conflict. `withSole: false` leaves out who owns it alone. */
export const conflictRows = (org: string, ids: Prisma.Sql, withSole = true) => Prisma.sql`
  WITH RECURSIVE asked AS MATERIALIZED (SELECT DISTINCT q.identity_id FROM (${ids}) q), key AS MATERIALIZED (${ownerKeys(org)}),
  word AS MATERIALIZED (${peopleWords(org)}), person (user_id, id, depth) AS (
    SELECT m.user_id::text, h.id, 0 FROM membership m JOIN user_account u ON u.id = m.user_id
    JOIN human h ON h.org_id = ${org}::uuid AND lower(h.email) = lower(u.email) AND h.deleted_at IS NULL
    WHERE m.org_id = ${org}::uuid
    UNION
    SELECT q.user_id, g.to_id, q.depth + 1 FROM person q
    JOIN entitlement g ON g.org_id = ${org}::uuid AND g.from_id = q.id AND g.kind = 'member_of' AND g.effect = 'allow'
      AND g.deleted_at IS NULL AND g.to_id IS NOT NULL
    WHERE q.depth < 8
  ), actor AS MATERIALIZED (SELECT DISTINCT user_id, id FROM person)
  SELECT c.identity_id, coalesce(array_agg(DISTINCT c.user_id) FILTER (WHERE c.what = 'sole'), '{}') AS sole,
    coalesce(array_agg(DISTINCT c.user_id) FILTER (WHERE c.what = 'creator'), '{}') AS creators,
    coalesce(array_agg(DISTINCT c.user_id) FILTER (WHERE c.what = 'user'), '{}') AS users
  FROM (${withSole ? soleOwners(org) : Prisma.sql`SELECT NULL::uuid AS identity_id, NULL AS user_id, NULL AS what WHERE false`}
    UNION ALL ${creators(org)} UNION ALL ${users(org)}) c
  GROUP BY c.identity_id`
