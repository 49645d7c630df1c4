import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activateGrant } from '@/lib/grants/server/activate-grant'
import { applyGrant } from '@/lib/grants/server/apply-grant'
import { decideGrant } from '@/lib/grants/server/approve-grant'
import { releaseGrant } from '@/lib/grants/server/end-grant'
import { getGrant } from '@/lib/grants/server/list-grants'
import { previewGrant } from '@/lib/grants/server/preview-grant'
import { getAccessRequest, requestFromDenial } from '@/lib/grants/server/request-from-denial'
import { requestGrant } from '@/lib/grants/server/request-grant'
import { decisionPoint } from '@/lib/platform/authz/client'
import { type Context, makeContext } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { type AccessWorld, makeAccessWorld, newKey } from '@/lib/platform/testing/access-world'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeIdentity, makeOwnership, makeResource, makeRole } from '@/prisma/factories/inventory'
import { getDecision } from './get-decision'
import { flushDecisions } from './record-decisions'

let world: AccessWorld
let agent: string
let tool: string

beforeAll(async () => {
  world = await makeAccessWorld()
  const { db, org, place } = world
  agent = await makeIdentity(db, place, { external_id: 'agent-of-orders', kind: 'ai_agent', environment: 'production' })
  await makeOwnership(db, org.orgId, agent, { owner_key: 'user:somebody', label: 'Somebody', state: 'confirmed' })
  tool = await thing('tool', 'delete-orders')
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  await world.db.end()
  await closePool()
})

async function thing(kind: string, name: string, sensitivity = 'internal'): Promise<string> {
  const id = await makeResource(world.db, world.place, name, { environment: 'production', sensitivity })
  await world.db.query(`UPDATE resource SET kind = $2, external_id = $3 WHERE id = $1`, [id, kind, name])
  return id
}

/** Asked for by security, agreed to by an administrator, begun. */
async function active(
  nodeId: string,
  scopes: string[],
  more: { uses?: number; identityId?: string; seconds?: number } = {},
): Promise<string> {
  const { org } = world
  const { identityId = world.service, uses = null, seconds = 900 } = more
  const wanted = { identityId, mode: 'runtime' as const, rights: [{ nodeId, scopes }] }
  const { listHash, problem } = await previewGrant(org.as.security, wanted)
  expect(problem).toBeNull()
  const { id } = await requestGrant(org.as.security, { ...wanted, task: 'Mend the orders', seconds, listHash, uses })
  const agrees = (ctx: Context) => decideGrant(ctx, { id, listHash, verdict: 'approved' })
  if ((await agrees(org.as.admin)).state === 'requested') await agrees(secondAdmin())
  await activateGrant(org.as.security, { id })
  return id
}

function secondAdmin(): Context {
  const actor = {
    ...{
      kind: 'user' as const,
      id: randomUUID(),
      name: 'another admin',
      email: 'x@example.org',
      role: 'admin' as const,
    },
    ...{ teamIds: [], sessionId: randomUUID() },
  }
  return makeContext(actor, tenantOf(world.org.orgId), { id: randomUUID() })
}

const about = (id: string, action: string, subject = world.service, type = 'bucket') =>
  world.question({ subject: { type: 'identity', id: subject }, action: { name: action }, resource: { type, id } })
const ask = async (id: string, action: string, subject?: string, type?: string) =>
  (await world.ask('evaluation', about(id, action, subject, type))).body
const execute = async (id: string, action: string, subject?: string, type?: string) =>
  (await world.ask('execution', about(id, action, subject, type))).body

describe('an active grant', () => {
  it('allows the actions that were agreed to and no other, until it is ended', async () => {
    const id = await thing('bucket', 'archive')
    expect((await ask(id, 'read')).context.reason).toBe('no_rule')
    const grantId = await active(id, ['read', 'secret.retrieve'])
    const yes = await ask(id, 'secret.retrieve')
    expect(yes).toMatchObject({ decision: true, context: { reason: 'granted', grant: { id: grantId } } })
    expect((await ask(id, 'read')).decision).toBe(true)
    expect((await ask(id, 'list')).decision).toBe(false)
    expect((await ask(id, 'write')).decision).toBe(false)
    expect((await ask(id, 'read', agent)).decision).toBe(false)
    expect((await ask(world.bucket, 'secret.retrieve')).decision).toBe(false)
    await flushDecisions()
    const logged = await getDecision(world.org.as.admin, { id: yes.context.id })
    expect(logged).toMatchObject({ isAllowed: true, reason: 'granted', grantId })
    expect(logged.facts).toMatchObject({ subject: { live: { activeGrants: [grantId] } } })
    await releaseGrant(world.org.as.security, { id: grantId, reason: 'done' })
    expect((await ask(id, 'secret.retrieve')).decision).toBe(false)
  })

  it('ends by the database’s clock, and no answer is valid beyond it', async () => {
    const id = await thing('bucket', 'short')
    const grantId = await active(id, ['read'])
    await world.db.query(
      `UPDATE access_grant SET ends_at = clock_timestamp() + interval '700 milliseconds' WHERE id = $1`,
      [grantId],
    )
    const endsAt = Date.now() + 700
    const { decision, context } = await ask(id, 'read')
    expect(decision).toBe(true)
    expect(Date.parse(context.valid_until)).toBeLessThanOrEqual(endsAt + 5)
    await new Promise((resolve) => setTimeout(resolve, endsAt - Date.now() + 5))
    // Nobody has looked at it: its row still says active.
    expect((await world.db.query(`SELECT state FROM access_grant WHERE id = $1`, [grantId])).rows).toEqual([
      { state: 'active' },
    ])
    expect((await ask(id, 'read')).decision).toBe(false)
  })

  it('is an approval of exactly its action where so much stands behind it', async () => {
    const id = await thing('bucket', 'far', 'restricted')
    await world.grant(world.service, id, 'admin')
    await world.db.query(`UPDATE identity_score SET score = 95 WHERE identity_id = $1`, [world.service])
    try {
      const no = await ask(id, 'admin')
      expect(no.context).toMatchObject({
        reason: 'approval_required',
        access_request: { template: 'right_for_a_task' },
      })
      const wanted = {
        identityId: world.service,
        mode: 'runtime' as const,
        rights: [{ nodeId: id, scopes: ['admin'] }],
      }
      // Named actions weigh as much as what they do.
      expect(await previewGrant(world.org.as.security, wanted)).toMatchObject({ tier: 'highest', needed: 2 })
      await active(id, ['impersonate'])
      expect((await ask(id, 'impersonate')).decision).toBe(true)
      expect((await ask(id, 'admin')).context.reason).toBe('approval_required')
    } finally {
      await world.db.query(`UPDATE identity_score SET score = 10 WHERE identity_id = $1`, [world.service])
    }
  })

  it('does not lift what is wrong with the subject, nor what a deny edge says', async () => {
    const id = await thing('bucket', 'not lifted')
    await active(id, ['read'])
    expect((await ask(id, 'read')).decision).toBe(true)
    await world.db.query(`UPDATE identity SET status = 'disabled' WHERE id = $1`, [world.service])
    const { context } = await ask(id, 'read')
    await world.db.query(`UPDATE identity SET status = 'active' WHERE id = $1`, [world.service])
    expect(context).toMatchObject({ reason: 'subject_not_active' })
    expect(context).not.toHaveProperty('access_request')
    await world.grant(world.service, id, 'read', { effect: 'deny' })
    expect((await ask(id, 'read')).decision).toBe(false)
  })

  it('of a role gives what the role may do', async () => {
    const id = await thing('bucket', 'by role')
    const role = await makeRole(world.db, world.place, 'archivists')
    await world.grant(role, id, 'write', { from_type: 'role' })
    const wanted = { identityId: world.service, mode: 'runtime' as const, rights: [{ nodeId: role }] }
    expect((await previewGrant(world.org.as.security, wanted)).problem).toBeNull()
    await active(role, [])
    expect((await ask(id, 'delete')).context.reason).toBe('granted')
    expect((await ask(id, 'secret.retrieve')).decision).toBe(false)
  })

  it('that gave a right at the source takes the catalogue’s word for it along when it ends', async () => {
    const id = await thing('bucket', 'stale')
    const { db, org, service } = world
    const { rows } = await db.query(
      `INSERT INTO live_connection (org_id, connector, name, instance, config, secrets, created_by, created_by_label, synced_at)
       VALUES ($1, 'postgresql', 'stale', 'stale', '{}', '\\x00', 'user:x', 'X', now() - interval '1 hour') RETURNING id`,
      [org.orgId],
    )
    const grantId = randomUUID()
    await db.query(
      `INSERT INTO access_grant (org_id, id, mode, state, task, subject_kind, subject_id, subject_name, subject_ref, live_connection_id, requester_id,
         requester_name, requester_keys, subject_keys, party_keys, tier, seconds, needed, list_hash, impact, lapses_at, started_at, ends_at, ended_at, end_reason)
       VALUES ($1, $2, 'provisioned', 'ended', 'look', 'identity', $3, 'svc', 'svc', $4, $3, 'x', '{}', '{}', '{}', 'ordinary', 900, 1, 'h', '{}',
         now(), now() - interval '30 minutes', now() - interval '15 minutes', now() - interval '15 minutes', 'expired')`,
      [org.orgId, grantId, service, rows[0].id],
    )
    await db.query(
      `INSERT INTO grant_right (org_id, grant_id, no, node_type, node_id, ref, name, edge_kind, scopes, privilege, state, held_at, gone_at)
       VALUES ($1, $2, 1, 'resource', $3, 'r', 'r', 'grants', '{SELECT}', 'read', 'gone', now() - interval '30 minutes', now() - interval '15 minutes')`,
      [org.orgId, grantId, id],
    )
    // Read while the grant held: the source does not list it any more, the catalogue still does.
    await world.grant(service, id, 'read', { first_seen_at: new Date(Date.now() - 20 * 60_000) })
    expect((await ask(id, 'read')).decision).toBe(false)
    await db.query(`UPDATE entitlement SET first_seen_at = now() - interval '2 days' WHERE to_id = $1`, [id])
    expect((await ask(id, 'read')).context.reason).toBe('entitled')
    await db.query(`UPDATE entitlement SET first_seen_at = now() - interval '20 minutes' WHERE to_id = $1`, [id])
    // Read again after its end, and still there: somebody gave it for good.
    await db.query(`UPDATE live_connection SET synced_at = now() WHERE id = $1`, [rows[0].id])
    expect((await ask(id, 'read')).decision).toBe(true)
  })

  it('tells of open problems, and not as unknown', async () => {
    const { db, org } = world
    await db.query(
      `UPDATE identity_listing SET owner_state = 'none', next_expiry_at = now() - interval '1 day' WHERE identity_id = $1`,
      [agent],
    )
    const { context } = await ask(tool, 'tools/call', agent, 'tool')
    await flushDecisions()
    const { facts, explanation } = await getDecision(org.as.admin, { id: context.id })
    const { rows } = await db.query(`SELECT 1 FROM identity_listing WHERE identity_id = $1`, [agent])
    const open = rows.length > 0 ? ['ownership', 'expired_credential'] : null
    expect(facts).toMatchObject({ subject: { live: { openProblems: open } } })
    expect(explanation.unknown).not.toContain('activeGrants')
  })
})

describe('a denial that a grant would lift', () => {
  it('offers exactly what to request, and is asked for, agreed to, used once and refused', async () => {
    const { org } = world
    const no = await ask(tool, 'tools/call', agent, 'tool')
    const { access_request: offer, evaluation_id: evaluation } = no.context
    expect(no).toMatchObject({ decision: false, context: { reason: 'no_rule', evaluation_id: no.context.id } })
    expect(offer).toMatchObject({
      endpoint: 'http://localhost:3000/api/v1/access-requests',
      template: 'tool_call_once',
      form_url: `http://localhost:3000/grants/new?for=${agent}&on=${tool}&do=tools%2Fcall&uses=1&denial=${evaluation}`,
    })
    expect(Date.parse(offer.expires_at)).toBeGreaterThan(Date.now())
    const { task } = await requestFromDenial(org.as.security, {
      denial: { binding_token: offer.binding_token },
      requested_access: { uses: 1 },
      justification: 'Delete the orders of the test shop',
    })
    expect(task.status).toBe('pending')
    const { listHash } = await getGrant(org.as.admin, { id: task.id })
    await decideGrant(org.as.admin, { id: task.id, listHash, verdict: 'approved' })
    expect((await ask(tool, 'tools/call', agent, 'tool')).context.reason).toBe('no_rule')
    await activateGrant(org.as.security, { id: task.id })
    // A look takes nothing, and is no yes.
    for (let n = 0; n < 3; n++)
      expect((await ask(tool, 'tools/call', agent, 'tool')).context).toMatchObject({
        reason: 'grant_to_be_taken',
        execution: { endpoint: 'http://localhost:3000/access/v1/execution', grant: task.id, uses_left: 1 },
      })
    expect((await execute(tool, 'tools/list', agent, 'tool')).decision).toBe(false)
    const answers = await Promise.all([1, 2, 3, 4].map(() => execute(tool, 'tools/call', agent, 'tool')))
    expect(answers.filter(({ decision }) => decision)).toHaveLength(1)
    const yes = answers.find(({ decision }) => decision)
    expect(yes.context).toMatchObject({ reason: 'granted', grant: { id: task.id } })
    expect(Date.parse(yes.context.valid_until)).toBeLessThanOrEqual(Date.now())
    expect((await execute(tool, 'tools/call', agent, 'tool')).context.reason).toBe('no_rule')
    await applyGrant(org.job, { id: task.id })
    expect(await getGrant(org.as.auditor, { id: task.id })).toMatchObject({
      ...{ state: 'ended', endReason: 'used', usesLeft: 0, proof: 'runtime' },
    })
    expect(await getAccessRequest(org.as.security, { id: task.id })).toMatchObject({
      task: { status: 'approved' },
      result: { approval: { state: 'over', uses_left: 0 } },
    })
    const audit = await world.db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND target_id = $2 AND action = 'grant.use'`,
      [org.orgId, task.id],
    )
    expect(audit.rows).toHaveLength(1)
    await expect(world.db.query(`UPDATE access_grant SET uses_left = 1 WHERE id = $1`, [task.id])).rejects.toThrow(
      /is not raised/,
    )
  })

  it('is not used up by what would be allowed anyway, nor by what is refused', async () => {
    const id = await active(tool, ['tools/call'], { identityId: agent, uses: 2 })
    await world.db.query(`UPDATE identity SET status = 'disabled' WHERE id = $1`, [agent])
    expect((await execute(tool, 'tools/call', agent, 'tool')).context.reason).toBe('subject_not_active')
    await world.db.query(`UPDATE identity SET status = 'active' WHERE id = $1`, [agent])
    await world.grant(agent, tool, 'write')
    expect((await execute(tool, 'tools/call', agent, 'tool')).context.reason).toBe('entitled')
    await world.db.query(`DELETE FROM entitlement WHERE to_id = $1`, [tool])
    expect((await getGrant(world.org.as.auditor, { id })).usesLeft).toBe(2)
    expect((await execute(tool, 'tools/call', agent, 'tool')).decision).toBe(true)
    const after = await getGrant(world.org.as.auditor, { id })
    expect(after).toMatchObject({ usesLeft: 1, state: 'active' })
    expect(after.events.at(-1)?.says).toMatch(/^Used: tools\/call on tool .+ by identity .+\. 1 more time\.$/)
    await releaseGrant(world.org.as.security, { id, reason: 'done' })
    expect((await execute(tool, 'tools/call', agent, 'tool')).decision).toBe(false)
  })

  it('cannot be asked for with another’s token, an altered or an old one, nor by who may not', async () => {
    const { context } = await ask(tool, 'tools/call', agent, 'tool')
    const token: string = context.access_request.binding_token
    const body = { denial: { binding_token: token }, justification: 'Delete the orders' }
    const other = await testOrganization()
    await expect(requestFromDenial(other.as.security, body)).rejects.toMatchObject({ code: 'invalid_input' })
    const altered = { ...body, denial: { binding_token: `${token.slice(0, -2)}xx` } }
    await expect(requestFromDenial(world.org.as.security, altered)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(requestFromDenial(world.org.as.member, body)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is none where no grant would help', async () => {
    const { context: unknown } = await ask(randomUUID(), 'read')
    expect(unknown).toMatchObject({ reason: 'resource_unknown' })
    expect(unknown).not.toHaveProperty('access_request')
    const { context: nobody } = await ask(world.bucket, 'read', 'nobody')
    expect(nobody).not.toHaveProperty('access_request')
    await world.db.query(`UPDATE identity SET environment = 'staging' WHERE id = $1`, [world.service])
    const { context: crossed } = await ask(world.bucket, 'secret.retrieve')
    await world.db.query(`UPDATE identity SET environment = 'production' WHERE id = $1`, [world.service])
    expect(crossed).not.toHaveProperty('access_request')
  })

  it('is at execution as strict about whom a key may ask about', async () => {
    const { token } = await newKey(world.org, ['decisions:ask'])
    const { status } = await world.ask('execution', about(world.bucket, 'read'), { token })
    expect(status).toBe(403)
  })
})
