/** A pair of which the second may act for the first, by what the catalogue holds. */
export interface LinkFacts {
  from: string
  to: string
}

const live = (edge: string) =>
  `${edge}.effect = 'allow' AND ${edge}.deleted_at IS NULL AND (${edge}.expires_at IS NULL OR ${edge}.expires_at > now())
    AND ${edge}.condition IS NULL AND ${edge}.not_evaluable IS NULL`

/**
 * A column of the answer: who among the subjects and things of a question may act for whom. One hands over to another (`delegates_to`,
 * `runs_as`, an agent to a tool that it is given), one takes another's place (`assumes`, `impersonates`), or a person answers for an
 * identity. Worked out only where the question names others than its subject ($11).
 */
export const linkColumn = `
    CASE WHEN $11::boolean THEN (
      WITH nodes AS MATERIALIZED (SELECT id FROM found UNION SELECT id FROM things),
      persons AS MATERIALIZED (SELECT u.id, m.id AS member FROM user_account u JOIN membership m ON m.org_id = $1 AND m.user_id = u.id AND m.status = 'active'
        WHERE u.email = ANY ($6::text[]) OR u.id = ANY ($10::uuid[])),
      edges AS MATERIALIZED (SELECT e.kind, e.from_id, e.to_id FROM entitlement e
        WHERE e.org_id = $1 AND e.from_id IN (SELECT id FROM nodes) AND e.to_id IN (SELECT id FROM nodes) AND ${live('e')})
      SELECT coalesce(json_agg(DISTINCT jsonb_build_object('from', l.a, 'to', l.b)), '[]') FROM (
        SELECT from_id AS a, to_id AS b FROM edges WHERE kind IN ('delegates_to', 'runs_as') OR (kind = 'grants' AND from_id IN (SELECT id FROM found))
        UNION ALL SELECT to_id, from_id FROM edges WHERE kind IN ('assumes', 'impersonates', 'delegates_to', 'runs_as')
        UNION ALL SELECT p.id, o.identity_id FROM persons p JOIN ownership o ON o.org_id = $1 AND o.identity_id IN (SELECT id FROM found)
          AND o.ended_at IS NULL AND o.state IN ('assigned', 'confirmed') AND (o.valid_until IS NULL OR o.valid_until > now())
          AND (o.owner_key = 'user:' || p.id OR o.owner_key IN (SELECT 'team:' || t.team_id FROM team_member t WHERE t.org_id = $1 AND t.membership_id = p.member))
      ) l) ELSE '[]' END AS links`
