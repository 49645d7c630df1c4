import { createHash, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { makeCredential, makeIdentity } from '../../../prisma/factories/inventory'
import { listText } from '../../lifecycle/rules'
import { sealText } from '../crypto/seal'

/** A server that nobody answers for: port 9 of this machine. */
export const nowhere = { host: '127.0.0.1', port: 9, tls: 'off', database: 'postgres', user: 'bailiwick' }

const drillRules = {
  ...{ hops: ['source', 'sessions'], withinSeconds: 5, waitSeconds: 30, keepers: [] },
  ...{ stopsOnFalseCut: true, unansweredTries: 3 },
}
const drillWay = { mode: 'tabletop', canary: null, account: null, documentedSeconds: 1, copies: 0 }

/** An account that a live connection reads, and runs and orders in the states that endpoints ask for. */
export async function makeLifecycle(
  db: pg.Client,
  { orgId, sourceId }: { orgId: string; sourceId: string },
  { asker, reader }: { asker: string; reader: string },
) {
  const live = randomUUID()
  const seal = (row: string, table: string, column: string, text: string) =>
    sealText(text, { orgId, table, column, row })
  await db.query(
    `WITH c AS (INSERT INTO connection (org_id, source_id, connector) VALUES ($1, $2, 'postgresql-live') RETURNING id)
     INSERT INTO live_connection (org_id, id, connector, name, instance, config, secrets, connection_id, created_by, created_by_label)
     SELECT $1, $3, 'postgresql', 'Accounts', 'accounts', $4, $5, c.id, 'ada', 'Ada' FROM c`,
    [
      orgId,
      sourceId,
      live,
      JSON.stringify(nowhere),
      seal(live, 'live_connection', 'secrets', '{"password":"hunter2"}'),
    ],
  )
  const identity = await makeIdentity(db, { orgId, sourceId })
  const revocableCredential = await makeCredential(db, { orgId, sourceId }, { identity_id: identity, type: 'password' })
  const plan = {
    ...{
      kind: 'rotation',
      secrets: 'one',
      makes: 'we',
      secretSubject: 'password',
      delivers: true,
      endsSessions: false,
      removes: false,
    },
    can: { disable: true, enable: true, remove: true, restore: true, endSessions: true, verify: true },
    ...{ overlapSeconds: 0, holdSeconds: 3600, refusedWithinSeconds: 1, residualSeconds: 0, outlives: false },
  }
  const order = async (kind: string, state: string): Promise<string> =>
    (
      await db.query(
        `INSERT INTO lifecycle_order (org_id, kind, state, reason, list, list_hash, target_count, options, requested_key, requested_by, expires_at)
         VALUES ($1, $2, $3, 'leaked', $4, 'hash', 1, '{"ownerKeys":[],"secondPerson":null}', 'user:' || $5::text, 'Mia', now() + interval '1 day') RETURNING id`,
        [orgId, kind, state, JSON.stringify([{ identityId: identity, credentialId: null, name: 'svc' }]), asker],
      )
    ).rows[0].id
  const run = async (kind: string, state: string, more: Record<string, unknown> = {}): Promise<string> => {
    const row = {
      ...{
        org_id: orgId,
        order_id: await order(kind, 'released'),
        kind,
        state,
        live_connection_id: live,
        connector: 'postgresql',
      },
      ...{ source_id: sourceId, identity_id: randomUUID(), identity_ref: `role:${randomUUID()}`, identity_name: 'svc' },
      ...{ subject: kind === 'revocation' ? 'identity' : 'password', plan: JSON.stringify({ ...plan, kind }), ...more },
    }
    const names = Object.keys(row)
    const { rows } = await db.query(
      `INSERT INTO lifecycle_run (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) RETURNING id`,
      Object.values(row),
    )
    return rows[0].id
  }
  const revoked = await run('revocation', 'waiting', {
    restore_until: new Date(Date.now() + 3_600_000),
    effect: 'refused',
  })
  await db.query(
    `INSERT INTO lifecycle_step (org_id, run_id, step, attempt, no, state, worker, ended_at)
     VALUES ($1, $2, 'cut', 1, 1, 'done', gen_random_uuid(), now()), ($1, $2, 'probe', 1, 2, 'done', gen_random_uuid(), now())`,
    [orgId, revoked],
  )
  const drill = await db.query(
    `INSERT INTO drill_plan (org_id, name, mode, target, rules, created_by) VALUES ($1, 'Accounts', 'tabletop', $2, $3, 'Ada') RETURNING id`,
    [orgId, JSON.stringify({ kind: 'identities', ids: [identity] }), JSON.stringify(drillRules)],
  )
  const drilled = await run('drill', 'queued', {
    drill_plan_id: drill.rows[0].id,
    plan: JSON.stringify({ ...plan, kind: 'drill', drill: { ...drillRules, ...drillWay } }),
  })
  const runs = await run('rotation', 'queued')
  const secret = randomUUID()
  await db.query(
    `INSERT INTO lifecycle_secret (org_id, id, run_id, purpose, sealed, origin) VALUES ($1, $2, $3, 'new', $4, 'made here')`,
    [orgId, secret, runs, seal(secret, 'lifecycle_secret', 'sealed', 'hunter2')],
  )
  const back = await db.query(
    `INSERT INTO tombstone (org_id, run_id, source_id, identity_id, subject, external_id, name, gone_at, reappeared_at, reappeared_as)
     VALUES ($1, $2, $3, $4, 'identity', 'role:svc', 'svc', now(), now(), 'account') RETURNING id`,
    [orgId, revoked, sourceId, identity],
  )
  const link = await db.query(
    `INSERT INTO reveal_link (org_id, run_id, user_id, user_name, expires_at) VALUES ($1, $2, $3, 'Ada', now() + interval '1 hour') RETURNING id`,
    [orgId, runs, reader],
  )
  const policy = await db.query(
    `INSERT INTO rotation_policy (org_id, name, rules, created_by, updated_by)
     VALUES ($1, 'Keys', '{"intervalDays":90,"maxAgeDays":120}', 'Ada', 'Ada') RETURNING id`,
    [orgId],
  )
  const account = async () => {
    const id = await makeIdentity(db, { orgId, sourceId })
    await makeCredential(db, { orgId, sourceId }, { identity_id: id, type: 'password' })
    return id
  }
  const [paired, other] = [await account(), await account()]
  await db.query(
    `INSERT INTO lifecycle_twin (org_id, identity_id, twin_id, is_first, is_in_use, created_by)
     VALUES ($1, $2, $3, true, true, 'Ada'), ($1, $3, $2, false, false, 'Ada')`,
    [orgId, paired, other],
  )
  return {
    ...{ paired, pairable: await account() },
    revocable: identity,
    'rotation-policies': policy.rows[0].id as string,
    revocableCredential,
    runs,
    'revoked-runs': revoked,
    'parked-runs': await run('rotation', 'parked', {
      parked_why: 'no_answer',
      parked_at: 'prepare',
      choices: ['retry'],
      problem: 'No answer.',
    }),
    drills: drill.rows[0].id as string,
    'drill-runs': drilled,
    orders: await order('revocation', 'waiting'),
    'secret-links': link.rows[0].id as string,
    reappearances: back.rows[0].id as string,
  }
}

/** The hash of a list of one target of which nothing is known. */
export const hashOf = (kind: 'rotation' | 'revocation', identityId = '', credentialId: string | null = null) =>
  createHash('sha256')
    .update(listText(kind, [{ identityId, credentialId }], [{ problems: [], storeCount: 0 }]))
    .digest('base64url')
