import type { RunSql } from '@/lib/platform/audit/append'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import type { Departure, departureReasons } from '../schema'
import { isAnsweredFor, refreshOwned, scopeOf } from './refresh-owned'

export interface Leaving {
  /** `user:<id>` or `team:<id>`. */
  ownerKey: string
  label: string
  reason: (typeof departureReasons)[number]
  by: string
  /** Takes over what nobody else answers for. */
  handOver?: { key: string; label: string } | undefined
  /** Why it may stay without an owner. */
  note?: string | undefined
}

/**
 * What happens to ownerships when somebody leaves, in the transaction in which they do and after the row that says so was
 * written: all that they hold ends; what nobody else answers for is handed over, or becomes a task for its backup owner, else
 * for a team of theirs, else for nobody in particular; the secrets that they could have read are listed. Set-wise, for one
 * identity or half a million. A rehearsal says the same and leaves the lists alone.
 * @throws AppError `precondition_failed` when something would have no owner and nobody takes over and no reason is given;
 * `invalid_input` when who takes over is the leaver or a team with no other active member
 */
export async function recordDeparture(
  tx: Tx | BulkTx,
  org: string,
  leaving: Leaving,
  isRehearsal = false,
): Promise<Departure> {
  const run = sqlOf(tx)
  const { ownerKey, label, reason, by, note, handOver } = leaving
  // Changes of one organization may share a transaction.
  await run(`DROP TABLE IF EXISTS pg_temp.departed, pg_temp.unowned`, [])
  await run(`CREATE TEMP TABLE departed (identity_id uuid, duty text, state text) ON COMMIT DROP`, [])
  await run(`CREATE TEMP TABLE unowned (identity_id uuid PRIMARY KEY, to_key text, to_label text) ON COMMIT DROP`, [])
  await run(
    `WITH ended AS (
       UPDATE ownership SET ended_at = now(), ended_reason = $3, ended_by = $4, ended_note = $5
       WHERE org_id = $1::uuid AND owner_key = $2 AND ended_at IS NULL RETURNING identity_id, duty, state
     ) INSERT INTO pg_temp.departed SELECT identity_id, duty, state FROM ended`,
    [org, ownerKey, reason, by, note ?? null],
  )
  await run(`ANALYZE pg_temp.departed`, [])
  const teams = await run(
    `SELECT x.team_id::text AS id FROM membership m JOIN team_member x ON x.org_id = m.org_id AND x.membership_id = m.id
     WHERE m.org_id = $1::uuid AND 'user:' || m.user_id = $2`,
    [org, ownerKey],
  )
  const teamIds = teams.map((row) => String(row.id))
  const lone = await findLoneTeams(run, org, teamIds, ownerKey)
  if (handOver) requireOther(handOver.key, ownerKey, lone)
  await findUnowned(run, org, teamIds, ownerKey)
  const emptyTeams = await findEmptyTeams(run, org, teamIds, ownerKey)
  const [counts] = await run(
    `SELECT (SELECT count(*)::int FROM pg_temp.departed WHERE state <> 'suggested') AS ended,
       (SELECT count(*)::int FROM pg_temp.unowned) AS unowned`,
    [],
  )
  const unowned = Number(counts?.unowned)
  const orphaned = emptyTeams.reduce((sum, team) => sum + team.identities, 0)
  if (!isRehearsal && unowned + orphaned > 0 && !note && !(handOver && orphaned === 0))
    throw mustSay(label, unowned, orphaned)
  const [made] = await run(
    `INSERT INTO departure (org_id, owner_key, label, reason, note, by, ended, unowned)
     VALUES ($1::uuid, $2, $3, $4, $5, $6, $7::int, $8::int) RETURNING id::text`,
    [org, ownerKey, label, reason, note ?? null, by, Number(counts?.ended), unowned],
  )
  const id = String(made?.id)
  const secrets = await listSecrets(run, org, id, teamIds)
  const tasks = handOver ? [] : await openTasks(run, org, id)
  if (handOver) await handOverAll(run, org, handOver, by, label)
  const samples = await run(
    `SELECT i.id::text, i.name FROM pg_temp.unowned u JOIN identity i ON i.org_id = $1::uuid AND i.id = u.identity_id
     ORDER BY i.name, i.id LIMIT 10`,
    [org],
  )
  if (!isRehearsal) {
    const touched = await run(`SELECT DISTINCT identity_id::text AS id FROM pg_temp.departed`, [])
    if (touched.length > 0) await refreshOwned(tx, scopeOf(touched.map((row) => String(row.id))))
  }
  return {
    label,
    ended: Number(counts?.ended),
    unowned,
    samples: samples as Departure['samples'],
    tasks,
    emptyTeams,
    cannotTakeOver: [ownerKey, ...lone.map(({ key }) => key)],
    ...secrets,
    isLastAdmin: false,
  }
}

/** That something is handed to somebody who is still there then. */
export function requireOther(key: string, leaver: string, lone: readonly { key: string; name: string }[] = []): void {
  const team = lone.find((one) => one.key === key)
  if (key !== leaver && !team) return
  const message = team
    ? `The team ${team.name} would have no active member, so it cannot take over. Choose another owner.`
    : 'Whoever leaves cannot take over. Choose another owner.'
  throw new AppError('invalid_input', message, { fields: { handOverTo: message } })
}

function mustSay(label: string, unowned: number, orphaned: number): AppError {
  const parts = [
    unowned > 0 ? `${unowned} ${unowned === 1 ? 'identity' : 'identities'}` : '',
    orphaned > 0 ? `a team with ${orphaned} ${orphaned === 1 ? 'identity' : 'identities'}` : '',
  ].filter(Boolean)
  return new AppError(
    'precondition_failed',
    `${label} is the last who answers for ${parts.join(' and ')}. Hand them over, or say why they may stay without an owner.`,
  )
}

const isActive = (key: string) => `(left(${key}, 5) <> 'user:' OR EXISTS (
  SELECT FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.org_id = $1::uuid AND m.status = 'active'
    AND u.status = 'active' AND 'user:' || m.user_id = ${key}))`

/** What nobody else answers for, and who is asked: its backup owner, else the leaver's team with the most other members. */
async function findUnowned(run: RunSql, org: string, teamIds: readonly string[], ownerKey: string): Promise<void> {
  await run(
    `INSERT INTO pg_temp.unowned
     SELECT d.identity_id, coalesce(b.owner_key, t.key), coalesce(b.label, t.label)
     FROM (SELECT DISTINCT identity_id FROM pg_temp.departed WHERE state <> 'suggested' AND duty <> 'backup') d
     JOIN identity i ON i.org_id = $1::uuid AND i.id = d.identity_id AND i.deleted_at IS NULL
     LEFT JOIN LATERAL (
       SELECT o.owner_key, o.label FROM ownership o WHERE o.org_id = $1::uuid AND o.identity_id = d.identity_id
         AND o.ended_at IS NULL AND o.duty = 'backup' AND o.state <> 'suggested' AND ${isActive('o.owner_key')}
       ORDER BY o.state = 'confirmed' DESC, o.asserted_at LIMIT 1
     ) b ON true
     LEFT JOIN (
       SELECT 'team:' || t.id AS key, t.name AS label FROM team t WHERE t.org_id = $1::uuid AND t.id = ANY ($2::text[]::uuid[])
         AND EXISTS ${otherMember} ORDER BY (SELECT count(*) FROM ${others}) DESC, t.name LIMIT 1
     ) t ON true
     WHERE NOT ${isAnsweredFor('d.identity_id')}`,
    [org, [...teamIds], ownerKey],
  )
  await run(`ANALYZE pg_temp.unowned`, [])
}

/** Active members of the team `t` but the leaver ($3). */
const others = `(SELECT m.id FROM team_member x JOIN membership m ON m.org_id = x.org_id AND m.id = x.membership_id
  JOIN user_account u ON u.id = m.user_id AND u.status = 'active'
  WHERE x.org_id = $1::uuid AND x.team_id = t.id AND m.status = 'active' AND 'user:' || m.user_id <> $3) other`
const otherMember = `(SELECT FROM ${others})`

/** Teams of the leaver in which nobody else is active, whatever they own. */
async function findLoneTeams(run: RunSql, org: string, teamIds: readonly string[], ownerKey: string) {
  const rows = await run(
    `SELECT 'team:' || t.id AS key, t.name FROM team t
     WHERE t.org_id = $1::uuid AND t.id = ANY ($2::text[]::uuid[]) AND NOT EXISTS ${otherMember} ORDER BY t.name`,
    [org, [...teamIds], ownerKey],
  )
  return rows.map((row) => ({ key: String(row.key), name: String(row.name) }))
}

async function findEmptyTeams(
  run: RunSql,
  org: string,
  teamIds: readonly string[],
  ownerKey: string,
): Promise<Departure['emptyTeams']> {
  const rows = await run(
    `SELECT t.name, count(DISTINCT o.identity_id)::int AS identities FROM team t
     JOIN ownership o ON o.org_id = $1::uuid AND o.owner_key = 'team:' || t.id AND o.ended_at IS NULL AND o.state <> 'suggested'
     WHERE t.org_id = $1::uuid AND t.id = ANY ($2::text[]::uuid[]) AND NOT EXISTS ${otherMember} GROUP BY t.id, t.name ORDER BY t.name`,
    [org, [...teamIds], ownerKey],
  )
  return rows.map((row) => ({ name: String(row.name), identities: Number(row.identities) }))
}

async function openTasks(run: RunSql, org: string, departureId: string): Promise<Departure['tasks']> {
  const rows = await run(
    `WITH tasks AS (
       INSERT INTO ownership_task (org_id, departure_id, to_key, to_label, identities)
       SELECT $1::uuid, $2::uuid, to_key, min(to_label), count(*) FROM pg_temp.unowned GROUP BY to_key
       RETURNING id, to_key, to_label, identities
     ), items AS (
       INSERT INTO ownership_task_item (org_id, task_id, identity_id)
       SELECT $1::uuid, t.id, u.identity_id FROM pg_temp.unowned u JOIN tasks t ON t.to_key IS NOT DISTINCT FROM u.to_key
     ) SELECT to_label, identities FROM tasks ORDER BY identities DESC`,
    [org, departureId],
  )
  return rows.map((row) => ({
    to: row.to_label === null ? null : String(row.to_label),
    identities: Number(row.identities),
  }))
}

async function handOverAll(run: RunSql, org: string, to: { key: string; label: string }, by: string, from: string) {
  await run(
    `INSERT INTO ownership AS o (org_id, identity_id, owner_key, label, duty, state, evidence, asserted_by)
     SELECT $1::uuid, u.identity_id, $2, $3, d.duty, 'assigned', 'handed over by ' || $5::text, $4
     FROM pg_temp.unowned u JOIN (
       SELECT DISTINCT identity_id, duty FROM pg_temp.departed WHERE state <> 'suggested' AND duty <> 'backup'
     ) d USING (identity_id)
     ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL
       DO UPDATE SET state = 'assigned', asserted_by = excluded.asserted_by WHERE o.state = 'suggested'`,
    [org, to.key, to.label, by, from],
  )
}

const live = `e.org_id = $1::uuid AND e.effect = 'allow' AND e.deleted_at IS NULL AND e.to_id IS NOT NULL`

/**
 * The credentials that the leaver could have read: those of the identities that they or a team of theirs answered for, and
 * those kept in stores from which these identities may read secrets. Where nobody told what is there, a line says so.
 */
async function listSecrets(run: RunSql, org: string, departureId: string, teamIds: readonly string[]) {
  const rows = await run(
    `WITH RECURSIVE mine AS MATERIALIZED (
       SELECT identity_id, min(route) AS route FROM (
         SELECT identity_id, 'owned' AS route FROM pg_temp.departed WHERE state <> 'suggested'
         UNION ALL SELECT o.identity_id, 'team' FROM ownership o WHERE o.org_id = $1::uuid AND o.ended_at IS NULL
           AND o.state <> 'suggested' AND o.owner_key IN (SELECT 'team:' || id FROM unnest($3::text[]) AS id)
       ) every GROUP BY identity_id
     ), reach (node) AS (
       SELECT identity_id FROM mine
       UNION SELECT e.to_id FROM reach r JOIN entitlement e ON e.from_id = r.node AND ${live} AND e.kind IN ('member_of', 'runs_as')
     ), store AS MATERIALIZED (
       SELECT DISTINCT t.id, t.kind FROM reach r JOIN entitlement e ON e.from_id = r.node AND ${live} AND e.kind = 'grants'
         AND e.privilege IN ('secret_read', 'admin') AND (e.expires_at IS NULL OR e.expires_at > now())
       JOIN resource t ON t.org_id = $1::uuid AND t.id = e.to_id AND t.deleted_at IS NULL
     ), kept AS MATERIALIZED (
       SELECT DISTINCT s.id AS resource_id, c.id AS credential_id, c.identity_id FROM store s
       JOIN entitlement e ON e.from_id = s.id AND ${live} AND e.kind = 'stores'
       JOIN credential c ON c.org_id = $1::uuid AND c.id = e.to_id AND c.deleted_at IS NULL
     ), held AS MATERIALIZED (
       SELECT m.route, m.identity_id, c.id AS credential_id FROM mine m
       LEFT JOIN credential c ON c.org_id = $1::uuid AND c.identity_id = m.identity_id AND c.deleted_at IS NULL AND c.status <> 'deleted'
     ), listed AS (
       INSERT INTO departure_secret (org_id, departure_id, route, credential_id, identity_id, resource_id)
       SELECT $1::uuid, $2::uuid, route, credential_id, identity_id, NULL::uuid FROM held
       UNION ALL SELECT $1::uuid, $2::uuid, 'store', k.credential_id, k.identity_id, k.resource_id FROM kept k
         WHERE NOT EXISTS (SELECT FROM held h WHERE h.credential_id = k.credential_id)
       UNION ALL SELECT $1::uuid, $2::uuid, 'store', NULL, NULL, s.id FROM store s
         WHERE s.kind = 'secret_store' AND NOT EXISTS (SELECT FROM kept k WHERE k.resource_id = s.id)
       RETURNING credential_id
     ), counted AS (SELECT count(DISTINCT credential_id)::int AS secrets, count(*) FILTER (WHERE credential_id IS NULL)::int AS unknown FROM listed)
     UPDATE departure d SET secrets = c.secrets, unknown = c.unknown FROM counted c
     WHERE d.org_id = $1::uuid AND d.id = $2::uuid RETURNING d.secrets, d.unknown`,
    [org, departureId, [...teamIds]],
  )
  return { secrets: Number(rows[0]?.secrets), unknown: Number(rows[0]?.unknown) }
}
