import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Config } from '../lib/connections/live'
import { createConnection } from '../lib/connections/server/create-connection'
import { requestSync } from '../lib/connections/server/request-sync'
import type { LiveConnection } from '../lib/connectors/live-connector'
import { findLiveConnector } from '../lib/connectors/live-registry'
import { Secret } from '../lib/connectors/secret'
import type { RunDetail } from '../lib/lifecycle/schema'
import { getRun } from '../lib/lifecycle/server/get-run'
import { previewRevocation } from '../lib/lifecycle/server/preview-revocation'
import { previewRotation } from '../lib/lifecycle/server/preview-rotation'
import { readRevealedSecret } from '../lib/lifecycle/server/read-revealed-secret'
import { requestRevocation } from '../lib/lifecycle/server/request-revocation'
import { requestRotation } from '../lib/lifecycle/server/request-rotation'
import { cancelRun, resolveRun, restoreRun } from '../lib/lifecycle/server/update-run'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import { isAppError } from '../lib/platform/errors'
import type { RunningSystem, SystemUnderTest } from '../lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '../lib/platform/testing/servers/systems'
import { ensureOrganization, ensurePerson } from '../prisma/demo/people'
import {
  complain,
  complaints,
  cutAtRandom,
  ends,
  killAtRandom,
  recoveries,
  sow,
  startWorker,
  state,
  stopWorker,
  tally,
  watchRecovery,
} from './chaos-breakers'

/**
 * Rotates and revokes accounts of real servers while the worker is killed before, inside and after steps, and connections are cut on
 * both sides. What each account's program would see is tried from outside ten times a second. The last line is one JSON object.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    systems: { type: 'string', default: 'postgresql,redis,mariadb,rabbitmq,ldap,oauth' },
    seed: { type: 'string', default: '1' },
  },
})
sow(Number(values.seed))
const wanted = Number(values.runs)
const perSystem = 3
const probeMs = 100
/** After this long without an end a run counts as stuck: a dead worker is made up for within a quarter of a minute. */
const stuckMs = 90_000

// An account and the program that uses it.

interface Account {
  system: SystemUnderTest
  server: RunningSystem
  name: string
  identityId: string
  /** What the program signs in with. */
  secret: Secret
  /** Not judged: one secret works at a time and the new one is not yet handed over, or it is revoked. */
  isWindow: boolean
  /** Shown as revoked: nothing may get in. */
  isRevoked: boolean
}

async function login({ server, name }: Account, secret: Secret): Promise<boolean> {
  try {
    const session = await server.openSession(name, secret)
    await session.close()
    return true
  } catch {
    return false
  }
}

async function probe(account: Account): Promise<void> {
  while (!state.isOver) {
    const before = { isWindow: account.isWindow, isRevoked: account.isRevoked, secret: account.secret }
    const worked = await login(account, before.secret)
    // What changed while it was tried says nothing.
    const isSame =
      before.isWindow === account.isWindow && before.isRevoked === account.isRevoked && before.secret === account.secret
    if (isSame) {
      tally.probes += 1
      if (account.isRevoked && worked) {
        tally.revoked_but_usable += 1
        complain(`${account.system.name} ${account.name}: a login worked while it was shown as revoked`)
      }
      if (!account.isWindow && !account.isRevoked && !worked) {
        // Cut connections are the prober's own bad luck: what counts is whether the secret works.
        if (!(await login(account, account.secret)) && before.secret === account.secret && !account.isWindow) {
          tally.probes_failed += 1
          complain(`${account.system.name} ${account.name}: a login failed outside of a window`)
        }
      }
    }
    await sleep(probeMs)
  }
}

/** Asks again while the database or the decision point is being cut. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isFinal =
        isAppError(error) &&
        !['upstream_failed', 'internal'].includes(error.code) &&
        error.retryAfterSeconds === undefined
      if (isFinal || attempt >= 40) throw error
      await sleep(250)
    }
  }
}

async function follow(
  ctx: Context,
  id: string,
  until: (run: RunDetail) => boolean,
  onLook: (run: RunDetail) => Promise<void>,
): Promise<RunDetail | undefined> {
  const begun = Date.now()
  let parks = 0
  while (Date.now() - begun < stuckMs) {
    const run = await insist(() => getRun(ctx, { id }))
    if (until(run)) return run
    await onLook(run)
    if (run.state === 'parked' && parks < 5) {
      parks += 1
      tally.parked += 1
      complain(`${run.system} ${run.identity.name}: ${run.headline}`)
      await insist(() => resolveRun(ctx, { id, choice: 'retry', reason: 'go on' })).catch(() => {})
    }
    await sleep(50)
  }
  tally.stuck_runs += 1
  const run = await insist(() => getRun(ctx, { id }))
  complain(`${run.system} ${run.identity.name}: stuck ${run.state} ${run.headline}`)
  return undefined
}

const isEnded = (run: RunDetail) => run.endedAt !== null

async function rotate(ctx: Context, account: Account, userId: string): Promise<void> {
  const targets = [{ identityId: account.identityId, credentialId: null }]
  const { listHash, targets: seen } = await insist(() => previewRotation(ctx, { targets }))
  const isWindow = seen[0]?.mode === 'window'
  const order = await insist(() =>
    requestRotation(ctx, {
      ...{ targets, listHash, reason: 'chaos', secret: account.secret.reveal(), delivery: { way: 'reveal', userId } },
      // The program takes a moment to change over.
      ...{ overlapHours: 1.5 / 3600, holdHours: 0 },
    }),
  )
  tally.runs += 1
  const id = order.runs[0]?.id ?? ''
  let linkId = ''
  if (isWindow) account.isWindow = true
  const run = await follow(ctx, id, isEnded, async (now) => {
    if (now.link === null || now.link.openedAt !== null || now.link.id === linkId) return
    const link = now.link.id
    const told = await readRevealedSecret(ctx, { id: link }).catch(async (error: unknown) => {
      // Cut before it was opened: the link is still good. Opened, and the answer lost: nobody has the secret, so it is taken back.
      if (!isAppError(error) || error.code !== 'conflict') return undefined
      linkId = link
      tally.lost_links += 1
      await insist(() => cancelRun(ctx, { id, reason: 'the answer was lost' })).catch(() => {})
      return undefined
    })
    if (told) linkId = link
    if (told) account.secret = new Secret(told.secret)
    if (told) account.isWindow = false
  })
  account.isWindow = false
  if (run) ends[`rotation ${run.state}`] = (ends[`rotation ${run.state}`] ?? 0) + 1
}

async function revoke(ctx: Context, account: Account): Promise<void> {
  const targets = [{ identityId: account.identityId, credentialId: null }]
  const { listHash } = await insist(() => previewRevocation(ctx, { targets }))
  account.isWindow = true
  const order = await insist(() =>
    requestRevocation(ctx, {
      targets,
      listHash,
      reason: 'chaos',
      isEmergency: true,
      secret: account.secret.reveal(),
      restoreHours: 1,
    }),
  )
  tally.runs += 1
  const id = order.runs[0]?.id ?? ''
  const shown = await follow(
    ctx,
    id,
    (run) => run.effect === 'refused' || run.effect === 'source_says_off' || isEnded(run),
    async () => {},
  )
  if (!shown) return
  account.isRevoked = true
  await sleep(700)
  account.isRevoked = false
  await insist(() => restoreRun(ctx, { id, reason: 'chaos' }))
  const run = await follow(ctx, id, isEnded, async () => {})
  account.isWindow = false
  if (run) ends[`revocation ${run.state}`] = (ends[`revocation ${run.state}`] ?? 0) + 1
}

/** How many credentials the source lists of each account. */
async function countCredentials(connection: LiveConnection): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for await (const part of connection.discover()) {
    if (part.kind !== 'page') continue
    for (const record of part.records)
      if (record.type === 'credential' && record.subject)
        found.set(record.subject.externalId, (found.get(record.subject.externalId) ?? 0) + 1)
  }
  return found
}

async function main(): Promise<number> {
  const db = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL, application_name: 'chaos' })
  await db.connect()
  const second = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL, application_name: 'chaos' })
  await second.connect()
  const person = await ensurePerson({ name: 'Chaos', email: 'chaos@example.com' }, 'breaks-by-night')
  const admin = await ensureOrganization(person, { name: 'Chaos', slug: 'chaos' })
  const userId = admin.actor.id
  startWorker()
  const servers: RunningSystem[] = []
  const accounts: (Account & { connection: { system: SystemUnderTest; config: Config }; ref: string })[] = []
  for (const id of String(values.systems).split(',')) {
    const system = systemsUnderTest.find(({ connector }) => connector === id)
    const server = await system?.start()
    if (!system || !server || 'skipped' in server) {
      console.log(`  ${id}: left out${server && 'skipped' in server ? `, ${server.skipped}` : ''}`)
      continue
    }
    servers.push(server)
    const made: { name: string; secret: Secret; ref: string }[] = []
    for (let no = 0; no < perSystem; no += 1) {
      const name = `svc-chaos-${no}`
      const secret = system.made?.() ?? findLiveConnector(id)?.propose?.(system.credential)
      if (!secret) throw new Error(`${id} has no secret to begin with`)
      made.push({ name, secret, ref: (await server.createAccount(name, secret)).identity })
    }
    const config = (server.strong ?? server.config) as Config
    const live = await createConnection(admin, {
      connector: id,
      instance: id,
      name: system.name,
      config,
      intervalMinutes: null,
    })
    const { id: syncId } = await requestSync(admin, { id: live.id })
    for (let tries = 0; tries < 300; tries += 1) {
      const { rows } = await db.query(`SELECT status FROM sync_run WHERE id = $1`, [syncId])
      if (['applied', 'failed', 'previewed'].includes(rows[0]?.status)) break
      await sleep(100)
    }
    for (const { name, secret, ref } of made) {
      const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
        admin.tenant.orgId,
        ref,
      ])
      if (!rows[0]) throw new Error(`${id} does not show ${name}`)
      accounts.push({
        system,
        server,
        name,
        secret,
        ref,
        identityId: rows[0].id,
        isWindow: false,
        isRevoked: false,
        connection: { system, config },
      })
    }
    console.log(`  ${system.name}: ${server.version}, ${made.length} accounts`)
  }
  const began = Date.now()
  let left = wanted
  const background = [killAtRandom(db), watchRecovery(second), cutAtRandom(second, servers), ...accounts.map(probe)]
  await Promise.all(
    accounts.map(async (account, index) => {
      for (let no = index; left > 0; no += 1) {
        left -= 1
        await (no % 3 === 2 ? revoke(admin, account) : rotate(admin, account, userId)).catch((error: unknown) => {
          complain(`${account.system.name} ${account.name}: ${error instanceof Error ? error.message : String(error)}`)
          account.isWindow = false
        })
      }
    }),
  )
  state.isOver = true
  stopWorker()
  await Promise.allSettled(background)
  for (const account of accounts) if (!(await login(account, account.secret))) tally.identities_locked_out += 1
  for (const server of servers) {
    const own = accounts.filter((account) => account.server === server)
    const [
      {
        connection: { system, config },
      } = { connection: { system: undefined, config: {} } },
    ] = own
    const connector = findLiveConnector(system?.connector ?? '')
    const open = await connector?.connect(config, {
      outbound: { allow: [], allowLoopback: true },
      instance: 'chaos',
      fingerprint: (text) => text,
    })
    if (!open) continue
    const counts = await countCredentials(open)
    open.close()
    for (const { ref, name } of own) {
      const extra = (counts.get(ref) ?? 0) - 1
      if (extra > 0) complain(`${system?.name} ${name}: ${extra} credentials too many`)
      tally.orphan_credentials += Math.max(0, extra)
    }
    await server.stop()
  }
  const { rows } = await db.query(
    `SELECT count(*)::int AS n FROM (SELECT FROM lifecycle_step WHERE state = 'done' AND step IN ('issue', 'retire', 'remove', 'cut', 'enable') GROUP BY run_id, step, generation HAVING count(*) > 1) twice`,
  )
  tally.double_effects = rows[0].n
  await db.end()
  await second.end()
  const sorted = recoveries.toSorted((a, b) => a - b)
  const p95 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? null
  for (const line of complaints.slice(0, 40)) console.log(`  ${line}`)
  console.log(`  ${JSON.stringify(ends)} in ${Math.round((Date.now() - began) / 1000)} s`)
  console.log(
    JSON.stringify({
      ...tally,
      p95_recovery_s: p95 === null ? null : Math.round(p95 * 10) / 10,
      systems: servers.length,
    }),
  )
  const zeros = [
    'probes_failed',
    'identities_locked_out',
    'orphan_credentials',
    'revoked_but_usable',
    'double_effects',
    'stuck_runs',
  ] as const
  return zeros.every((name) => tally[name] === 0) ? 0 : 1
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 2
  })
  .then(async (code) => {
    state.isOver = true
    stopWorker()
    await closePool()
    process.exit(code)
  })
