import type { Context, Role } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

/** Those of the keys behind which there is nobody: no active member, no team with one. */
export async function findMissingKeys(ctx: Context, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const known = new Map((await findPeople(ctx, keys)).map((found) => [found.key, found]))
  return keys.filter((key) => (known.get(key)?.people.length ?? 0) === 0)
}

export interface Reviewing {
  key: string
  name: string
  /** Active people behind it: the person, or the members of the team. */
  people: { id: string; name: string; role: Role; teamIds: string[] }[]
}

/** The people behind keys, with what the decision point reads of them. Auditors never review. */
export async function findPeople(ctx: Context, keys: readonly string[]): Promise<Reviewing[]> {
  const org = ctx.tenant.orgId
  const rows = await ctx.sql<{ key: string; name: string; people: Reviewing['people'] | null }>(Prisma.sql`
    WITH person AS (
      SELECT m.id AS membership_id, m.user_id, u.name, m.role, (SELECT coalesce(json_agg(x.team_id), '[]') FROM team_member x
        WHERE x.org_id = m.org_id AND x.membership_id = m.id) AS teams
      FROM membership m JOIN user_account u ON u.id = m.user_id
      WHERE m.org_id = ${org}::uuid AND m.status = 'active' AND u.status = 'active' AND m.role <> 'auditor'
    )
    SELECT k.key, coalesce(t.name, min(p.name)) AS name, json_agg(json_build_object('id', p.user_id, 'name', p.name, 'role', p.role,
        'teamIds', p.teams) ORDER BY p.name, p.user_id) FILTER (WHERE p.user_id IS NOT NULL) AS people
    FROM unnest(${[...keys]}::text[]) AS k (key)
    LEFT JOIN team t ON t.org_id = ${org}::uuid AND k.key = 'team:' || t.id
    LEFT JOIN team_member x ON x.org_id = ${org}::uuid AND x.team_id = t.id
    LEFT JOIN person p ON k.key = 'user:' || p.user_id OR p.membership_id = x.membership_id
    GROUP BY k.key, t.name`)
  return rows.map(({ key, name, people }) => ({ key, name: name ?? '', people: people ?? [] }))
}
