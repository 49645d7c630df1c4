/**
 * What of the catalogue carries, as SQL: the one place that says which edges the graph has, which resources cover others and how
 * long credentials live. The engine is loaded from it, and the recursive query that checks the engine walks it.
 */

const scopes = (edge: string) =>
  `${edge}.effect = 'deny' AND ${edge}.condition IS NULL AND ${edge}.not_evaluable IS NULL`

const isLive = (edge: string) =>
  `${edge}.deleted_at IS NULL AND (${edge}.expires_at IS NULL OR ${edge}.expires_at > now())`

/** A scope as the pattern that it is: `s3:*` is every action of S3. */
const glob = (text: string) =>
  `replace(replace(regexp_replace(lower(${text}), '([\\\\%_])', '\\\\\\1', 'g'), '*', '%'), '?', '_')`

const refusals = (org: string) => `FROM entitlement d WHERE d.org_id = ${org} AND ${scopes('d')} AND ${isLive('d')}`

/**
 * Whether a refusal of the same way takes the whole edge away: unconditional, known in full, and of every scope that the edge
 * gives. One that names no scope refuses all. Other refusals are not applied; they are counted for the reader. For few edges:
 * each is a look-up.
 */
export function isRefused(org: string, edge: string): string {
  return `EXISTS (SELECT ${refusals(org)} AND d.from_id = ${edge}.from_id AND d.to_id = ${edge}.to_id AND d.kind = ${edge}.kind
      AND (d.scope_count = 0 OR (
        ${edge}.scope_count > 0 AND ${edge}.scope_count <= cardinality(${edge}.scopes) AND NOT EXISTS (
          SELECT FROM unnest(${edge}.scopes) AS given WHERE NOT EXISTS (
            SELECT FROM unnest(d.scopes) AS refused WHERE lower(given) LIKE ${glob('refused')})))))`
}

/** The same for all edges of an organization: the first part is one small table, the second is for those few that are in it. */
export function isRefusedOfAll(org: string, edge: string): string {
  return `((${edge}.from_id, ${edge}.to_id, ${edge}.kind) IN (SELECT d.from_id, d.to_id, d.kind ${refusals(org)}
      AND d.from_id IS NOT NULL AND d.to_id IS NOT NULL)
    AND ${isRefused(org, edge)})`
}

/** Rows of `entitlement e` that carry: allowed, live, with both ends known, and not refused as a whole. */
export function carries(org: string): string {
  return `e.org_id = ${org} AND e.effect = 'allow' AND ${isLive('e')} AND e.from_id IS NOT NULL AND e.to_id IS NOT NULL
    AND NOT ${isRefusedOfAll(org, 'e')}`
}

/** 1 to 5 of a grant, as `levels` in score.ts; 0 of other edges. */
export const edgeLevel = `CASE WHEN e.kind = 'grants'
  THEN coalesce(array_position('{read,write,secret_read,admin}'::text[], e.privilege), 0) + 1 ELSE 0 END`

/** Whether a credential still opens something. */
export const credentialLives = `c.deleted_at IS NULL AND c.status NOT IN ('disabled', 'deleted')
  AND (c.expires_at IS NULL OR c.expires_at > now())`

/**
 * Hours until the last live credential of a holder ends, over its rows `c`: without end before not known before the latest
 * date; 0 when it has or had some and none lives. No row means that none is known.
 */
export const holderHours = `CASE
  WHEN bool_or(${credentialLives} AND c.expires_at IS NULL AND c.never_expires) THEN 'Infinity'::float4
  WHEN bool_or(${credentialLives} AND c.expires_at IS NULL) THEN 'NaN'::float4
  ELSE coalesce(max(extract(epoch FROM c.expires_at - now()) / 3600) FILTER (WHERE ${credentialLives}), 0)::float4 END`

const part = (ref: string, no: number) => `split_part(${ref}, ':', ${no})`

/** What matches patterns that begin with at least so many plain characters: only what begins alike is compared. */
function withPattern(least: number, place: number, all: readonly number[]): string {
  const most = all[place - 1]
  return `
    UNION SELECT p.id, c.id FROM patterns p JOIN r c ON c.source_id = p.source_id AND c.id <> p.id
      AND left(c.ref, ${least}) = left(p.prefix, ${least}) AND c.ref LIKE p.match
      WHERE length(p.prefix) >= ${least}${most === undefined ? '' : ` AND length(p.prefix) < ${most}`}`
}

/**
 * Pairs of resources of which the first covers the second, as a query of two columns `parent` and `child`: an AWS account
 * covers what is in it, all of a service the resources of that service, an id with * what matches it, a kind of Kubernetes
 * objects those of its kind (secrets too, which have ids of their own), and a resource whatever is a member of it. Always
 * within one source; only resources that are there.
 */
export function coveredPairs(org: string): string {
  const resources = `SELECT t.id, t.source_id, t.external_id AS ref, s.instance,
      CASE WHEN t.external_id LIKE 'arn:%' THEN ${part('t.external_id', 5)}
        WHEN t.external_id LIKE 'aws:%' THEN ${part('t.external_id', 2)} END AS account,
      CASE WHEN t.external_id LIKE 'arn:%' THEN lower(${part('t.external_id', 3)})
        WHEN t.external_id LIKE 'aws:%' THEN nullif(${part('t.external_id', 3)}, '') ELSE '' END AS service,
      regexp_replace(t.external_id, '^(.*/)?secret:([^:/]+):([^/]+)$', '\\1k8s:\\2:core/secrets/\\3') AS path
    FROM resource t JOIN source s ON s.org_id = ${org} AND s.id = t.source_id
    WHERE t.org_id = ${org} AND t.deleted_at IS NULL`
  const isWithin = `(c.account = p.account OR (c.account IN ('', '*') AND p.account = p.instance))`
  const like = `regexp_replace(p.ref, '([\\\\%_])', '\\\\\\1', 'g')`
  return `WITH r AS MATERIALIZED (${resources}),
    patterns AS MATERIALIZED (
      SELECT p.id, p.source_id, p.ref,
        replace(CASE WHEN p.ref LIKE 'arn:%' THEN replace(${like}, '?', '_') ELSE ${like} END, '*', '%') AS match,
        substring(p.ref FROM CASE WHEN p.ref LIKE 'arn:%' THEN '^[^*?]*' ELSE '^[^*]*' END) AS prefix
      FROM r p WHERE p.ref LIKE '%*%' AND p.ref NOT LIKE 'aws:%' OR (p.ref LIKE 'arn:%' AND p.ref LIKE '%?%')
      UNION SELECT p.id, p.source_id, p.ref, replace(${like}, '*', '%') || '/%', substring(p.ref FROM '^[^*]*')
      FROM r p WHERE p.ref ~ '^(.*/)?k8s:[^:/]+:[^/]+/[^/]+$'
    )
    SELECT p.id AS parent, c.id AS child FROM r p JOIN r c ON c.source_id = p.source_id AND c.id <> p.id AND ${isWithin}
      WHERE p.ref ~ '^aws:[0-9]+$'
    UNION SELECT p.id, c.id FROM r p JOIN r c ON c.source_id = p.source_id AND c.service = p.service AND c.id <> p.id AND ${isWithin}
      WHERE p.ref ~ '^aws:[0-9]+:[^:]+:[*]$' AND c.ref LIKE 'arn:%'
${[24, 12, 0].map(withPattern).join('')}
    UNION SELECT p.id, c.id FROM patterns p JOIN r c ON c.source_id = p.source_id AND c.path <> c.ref AND c.path LIKE p.match
      WHERE p.ref LIKE '%k8s:%'
    UNION SELECT e.to_id, e.from_id FROM entitlement e JOIN r p ON p.id = e.to_id JOIN r c ON c.id = e.from_id
      WHERE ${carries(org)} AND e.kind = 'member_of' AND e.from_type = 'resource' AND e.from_id <> e.to_id`
}
