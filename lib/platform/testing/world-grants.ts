import { createHash, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { grantText } from '../../grants/rules'
import { denialToken } from '../../grants/server/resolve-denial'

/** The hash of a request for oneself that only the decision point looks at, as the preview tells it. */
export const grantHashOf = (nodeId: string, scopes: string[]) =>
  createHash('sha256')
    .update(grantText({ subjectId: null, mode: 'runtime', rights: [{ nodeId, scopes }] }))
    .digest('base64url')

/** What a denial of the decision point would bind a request to: a bucket that a service account may not write into. */
export const bindingOf = (orgId: string, granteeId: string, nodeId: string) =>
  denialToken(orgId, {
    ...{ granteeId, nodeId, isPerson: false, action: 'write', denial: randomUUID() },
    expires: Date.now() + 600_000,
  })

/** Grants in the states that endpoints ask for: one that waits, one of the administrator's own, one agreed to, one active. */
export async function makeGrants(
  db: pg.Client,
  orgId: string,
  { asker, subject }: { asker: { userId: string }; subject: string },
) {
  const grant = async (state: string, requester: string): Promise<string> => {
    const { rows } = await db.query(
      `INSERT INTO access_grant (org_id, mode, state, task, subject_kind, subject_id, subject_name, requester_id, requester_name,
         requester_keys, subject_keys, party_keys, tier, seconds, needed, list_hash, impact, lapses_at, started_at, ends_at)
       VALUES ($1, 'runtime', $2::text, 'look at it', 'user', $3::uuid, 'Ada', $3::uuid, 'Ada', ARRAY['user:' || $3::uuid], ARRAY['user:' || $3::uuid],
         ARRAY['user:' || $3::uuid, 'user:' || $4::text], 'ordinary', 900, 1, 'hash',
         '{"scoreBefore":null,"scoreAfter":null,"added":[],"addedTotal":0,"caveat":null}', now() + interval '1 hour',
         CASE WHEN $2::text = 'active' THEN now() END, CASE WHEN $2::text = 'active' THEN now() + interval '1 hour' END) RETURNING id`,
      [orgId, state, requester, subject],
    )
    const { id } = rows[0] as { id: string }
    if (state !== 'requested')
      await db.query(
        `INSERT INTO grant_approval (org_id, grant_id, user_id, name, verdict, is_outside, list_hash)
         VALUES ($1, $2, gen_random_uuid(), 'Sam', 'approved', true, 'hash')`,
        [orgId, id],
      )
    return id
  }
  return {
    grants: await grant('requested', asker.userId),
    'access-requests': await grant('requested', asker.userId),
    'own-grants': await grant('requested', subject),
    'approved-grants': await grant('approved', asker.userId),
    'active-grants': await grant('active', asker.userId),
  }
}

/** An open incident of the whole organization, commanded by somebody. */
export async function makeIncident(db: pg.Client, orgId: string, commander: { userId: string }): Promise<string> {
  const { rows } = await db.query(
    `INSERT INTO incident (org_id, title, severity, commander_id, commander_name, declared_by, round_done)
     VALUES ($1, 'Orders leak', 'sev3', $2, 'Mia', 'Ada', 1) RETURNING id`,
    [orgId, commander.userId],
  )
  return rows[0].id
}

/** A line of the list of those who hold access without an end: an account that reads. */
export async function makeStanding(
  db: pg.Client,
  { orgId, sourceId }: { orgId: string; sourceId: string },
  holder: string,
) {
  await db.query(
    `INSERT INTO standing_holder (org_id, holder_id, holder_kind, tier, reason, rank, rights, source_id, since)
     VALUES ($1, $2, 'identity', 'ordinary', 'reads', 1, 1, $3, now())`,
    [orgId, holder, sourceId],
  )
  return { 'standing-access': holder }
}
