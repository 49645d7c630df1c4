/** What an active grant gives a subject on a resource, as the one statement of a question reads it. */
export interface GrantFacts {
  id: string
  /** Of the subject: an identity or a person. */
  subject: string
  /** Of the resource. */
  resource: string
  endsAt: string
  /** Until its end, by the database's clock. */
  leftMs: number
  /** How often it may still be used; null = as often as needed. */
  usesLeft: number | null
  /** The actions that were agreed to, or what is to be done in the words of the source. */
  actions: string[]
  /** What the latter amount to: 1 read to 4 admin; null = the source does not say. */
  rank: number | null
}

/** In the words of the statement: $1 organization, $6 e-mails, $10 people by id, `found` identities, `things` resources. */
interface Words {
  rank: (edge: string) => string
  holds: (edge: string) => string
}

/**
 * CTEs: `counting`, the rights of every grant that holds at this moment by the database's clock; `taken_back`, what a grant gave at a
 * source and no longer gives, and what it took the place of, for as long as the catalogue has not read that source anew: it may still show the access.
 */
export const grantTables = `
  counting AS MATERIALIZED (
    SELECT g.id, g.subject_id AS subject, g.break_glass, g.ends_at, g.uses_left, r.node_type, r.node_id, r.scopes, r.privilege
    FROM access_grant g JOIN grant_right r ON r.org_id = g.org_id AND r.grant_id = g.id AND r.state NOT IN ('had_before', 'refused')
    WHERE g.org_id = $1 AND g.state = 'active' AND g.ends_at > clock_timestamp() AND g.subject_id IN (
      SELECT id FROM found UNION ALL SELECT unnest($10::uuid[]) UNION ALL SELECT u.id FROM user_account u WHERE u.email = ANY ($6::text[]))
  ), taken_back AS MATERIALIZED (
    SELECT g.subject_id AS subject, r.node_id, CASE WHEN g.replaces AND EXISTS (SELECT FROM grant_replacement p WHERE p.org_id = g.org_id
        AND p.grant_id = g.id AND p.is_kept AND p.edge_kind = r.edge_kind AND p.ref = r.ref) THEN '-infinity' ELSE r.held_at END AS held_at
    FROM access_grant g JOIN grant_right r ON r.org_id = g.org_id AND r.grant_id = g.id AND r.held_at IS NOT NULL AND r.state <> 'had_before'
      LEFT JOIN live_connection c ON c.org_id = g.org_id AND c.id = g.live_connection_id
    WHERE g.org_id = $1 AND g.mode = 'provisioned' AND g.subject_id IN (SELECT id FROM found)
      AND (g.state = 'ending' OR (g.state = 'active' AND g.ends_at <= clock_timestamp())
        OR (g.state = 'ended' AND (c.synced_at IS NULL OR g.ended_at >= c.synced_at)))
    UNION ALL
    SELECT g.subject_id, e.to_id, '-infinity'
    FROM access_grant g JOIN grant_replacement p ON p.org_id = g.org_id AND p.grant_id = g.id AND p.state = 'gone'
      JOIN entitlement e ON e.org_id = g.org_id AND e.id = p.entitlement_id
      LEFT JOIN live_connection c ON c.org_id = g.org_id AND c.id = g.live_connection_id
    WHERE g.org_id = $1 AND g.replaces AND g.subject_id IN (SELECT id FROM found) AND (c.synced_at IS NULL OR p.gone_at >= c.synced_at)
  )`

/** Of an edge: that no grant which is over gave it. One that was there before the grant stays what it is. */
export const notTakenBack = (edge: string): string =>
  `NOT EXISTS (SELECT FROM taken_back v WHERE v.subject = ${edge}.from_id AND v.node_id = ${edge}.to_id AND ${edge}.first_seen_at >= v.held_at)`

/** Columns of the answer: what holds between the subjects and resources of the question, and every grant of its subjects. */
export const grantColumns = ({ rank, holds }: Words): string => {
  const own = `c.id, c.subject, c.ends_at AS "endsAt", floor(extract(epoch FROM c.ends_at - clock_timestamp()) * 1000)::int AS "leftMs", c.uses_left AS "usesLeft"`
  return `
    (SELECT coalesce(json_agg(g), '[]') FROM (
      SELECT ${own}, t.id AS resource, c.scopes AS actions, ${rank('c')} AS rank
      FROM counting c JOIN (SELECT DISTINCT id FROM things) t ON c.node_type = 'resource' AND t.id = c.node_id
      UNION ALL
      SELECT ${own}, e.to_id, '{}'::text[], ${rank('e')}
      FROM counting c JOIN entitlement e ON c.node_type = 'role' AND e.org_id = $1 AND e.from_id = c.node_id
        AND e.to_id IN (SELECT id FROM things) AND ${holds('e')}
    ) g WHERE NOT EXISTS (SELECT FROM entitlement d WHERE d.org_id = $1 AND d.from_id = g.subject AND d.to_id = g.resource
      AND d.effect = 'deny' AND d.deleted_at IS NULL)) AS grants,
    (SELECT coalesce(json_object_agg(x.subject, x.ids), '{}')
      FROM (SELECT subject, json_agg(DISTINCT id) AS ids FROM counting GROUP BY subject) x) AS "grantIds",
    (SELECT coalesce(json_object_agg(x.subject, x.id), '{}')
      FROM (SELECT DISTINCT ON (subject) subject, id FROM counting WHERE break_glass ORDER BY subject, id DESC) x) AS "breakGlass"`
}
