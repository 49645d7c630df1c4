import type pg from 'pg'
import type { Context } from '../context'
import { hashPassword } from '../crypto/password'
import { grantHashOf } from './world-grants'

const password = 'correct horse battery staple'
let hash: Promise<string> | undefined

/** Gives the person of a context a password, and a session in which they have just proved by it that it is they. */
export async function makeConfirmed(db: pg.Client, { actor, tenant }: Context): Promise<void> {
  if (actor.kind !== 'user') return
  hash ??= hashPassword(password)
  await db.query(`UPDATE user_account SET password_hash = $2 WHERE id = $1`, [actor.id, await hash])
  await db.query(
    `INSERT INTO session (id, user_id, active_org_id, method, expires_at, confirmed_at)
     VALUES ($1, $2, $3, 'password', now() + interval '1 hour', now()) ON CONFLICT (id) DO UPDATE SET confirmed_at = now()`,
    [actor.sessionId, actor.id, tenant.orgId],
  )
}

/** A use of break-glass that goes on, and one that waits for its review and has touched a secret; by somebody else. */
export async function makeUses(
  db: pg.Client,
  orgId: string,
  { invoker, identity, credential }: { invoker: { userId: string }; identity: string; credential: string },
): Promise<Record<string, string>> {
  const use = async (isOver: boolean): Promise<string> => {
    const { rows } = await db.query(
      `INSERT INTO access_grant (org_id, mode, state, task, subject_kind, subject_id, subject_name, requester_id, requester_name,
         requester_keys, subject_keys, party_keys, tier, seconds, needed, list_hash, impact, lapses_at, started_at, ends_at, ended_at, end_reason, break_glass)
       VALUES ($1, 'runtime', CASE WHEN $3 THEN 'ended' ELSE 'active' END, 'the shop is down', 'user', $2::uuid, 'Mia', $2::uuid, 'Mia',
         ARRAY['user:' || $2::uuid], ARRAY['user:' || $2::uuid], ARRAY['user:' || $2::uuid], 'ordinary', 900, 0, 'hash',
         '{"scoreBefore":null,"scoreAfter":null,"added":[],"addedTotal":0,"caveat":null}', now(), now(), now() + interval '1 hour',
         CASE WHEN $3 THEN now() END, CASE WHEN $3 THEN 'released' END, true) RETURNING id`,
      [orgId, invoker.userId, isOver],
    )
    const { id } = rows[0] as { id: string }
    await db.query(
      `INSERT INTO break_glass_use (org_id, id, state, is_drill, reason, reference, invoker_id, invoker_name, invoked_at, alert_due_at,
         ended_at, review_due_at, review_asked_at)
       VALUES ($1, $2, CASE WHEN $4 THEN 'to_review' ELSE 'active' END, false, 'the shop is down', 'OPS-1', $3, 'Mia', now(),
         now() + interval '15 minutes', CASE WHEN $4 THEN now() END, CASE WHEN $4 THEN now() + interval '1 day' END, CASE WHEN $4 THEN now() END)`,
      [orgId, id, invoker.userId, isOver],
    )
    await db.query(
      `INSERT INTO break_glass_secret (org_id, use_id, no, identity_id, credential_id, name, why, due_at)
       VALUES ($1, $2, 1, $3, $4, 'key', 'It signed in with this.', now() + interval '1 day')`,
      [orgId, id, identity, credential],
    )
    return id
  }
  return { 'break-glass': await use(false), 'over-break-glass': await use(true) }
}

/** Which of them an endpoint is about. */
export const useRows = { reviewBreakGlass: 'over-break-glass', settleBreakGlassSecret: 'over-break-glass' }

interface Ids {
  ids: Record<string, string>
}

const rightsOf = ({ ids }: Ids) => ({ mode: 'runtime', rights: [{ nodeId: ids.resources, scopes: ['read'] }] })
const said = 'Looked at it with the team.'

export const useBodies: Record<string, (world: Ids) => unknown> = {
  confirmSession: () => ({ password }),
  previewBreakGlass: rightsOf,
  invokeBreakGlass: (world) => ({
    ...rightsOf(world),
    ...{ reason: 'the shop is down', reference: 'OPS-1', seconds: 900, confirmation: 'break the glass' },
    listHash: grantHashOf(world.ids.resources ?? '', ['read']),
  }),
  reviewBreakGlass: () => ({
    verdict: 'justified',
    findings: { necessity: said, scope: said, changes: said, followUp: said },
  }),
  settleBreakGlassSecret: () => ({ no: 1, state: 'left', says: 'Nobody could read it.' }),
}
