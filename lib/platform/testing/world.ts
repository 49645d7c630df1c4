import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import {
  makeCredential,
  makeIdentity,
  makeOwnership,
  makeResource,
  makeRole,
} from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource, makeTeam } from '../../../prisma/factories/organization'
import type { Context } from '../context'
import { sealText } from '../crypto/seal'
import type { Handler } from '../http/handle'
import { contextOf } from './context'
import type { NamedEndpoint } from './endpoints'
import { makeConfirmed, makeUses, useBodies, useRows } from './world-break-glass'
import { callerBodies, callerQueries, makeCallers } from './world-callers'
import { bindingOf, grantHashOf, makeGrants, makeIncident, makeStanding } from './world-grants'
import { activePolicyHash, makePolicies, policyTextHash } from './world-policies'
import { draftHashOf, makeReviews } from './world-reviews'
import { hashOf, makeLifecycle, nowhere } from './world-runs'

/** An organization with one row of everything that an address can name. */
export interface World {
  /** Of its administrator. */
  ctx: Context
  /** Of a member who owns nothing. */
  asMember: Context
  userId: string
  ids: Record<string, string>
}

/** Makes such an organization by a connection that row-level security does not bind. */
export async function makeWorld(db: pg.Client): Promise<World> {
  const insert = async (sql: string, ...values: unknown[]): Promise<string> => (await db.query(sql, values)).rows[0].id
  const orgId = await makeOrganization(db)
  const admin = await makeMember(db, orgId, 'admin', 'Ada')
  const other = await makeMember(db, orgId, 'member', 'Mia')
  await makeMember(db, orgId, 'admin', 'Alma')
  const sourceId = await makeSource(db, orgId)
  const place = { orgId, sourceId }
  const identity = await makeIdentity(db, place)
  await makeOwnership(db, orgId, identity, { owner_key: 'hint:somebody', label: 'somebody' })
  const team = await makeTeam(db, orgId, 'Payments')
  await db.query(`INSERT INTO team_member VALUES ($1, $2, $3)`, [orgId, team, other.membershipId])
  const session = (userId: string) =>
    insert(
      `INSERT INTO session (user_id, active_org_id, method, expires_at)
       VALUES ($1, $2, 'password', now() + interval '1 hour') RETURNING id`,
      userId,
      orgId,
    )
  const connection = randomUUID()
  const credential = await makeCredential(db, place, { identity_id: identity })
  const [ctx, asMember] = [contextOf(orgId, admin), contextOf(orgId, await makeMember(db, orgId, 'member', 'Nia'))]
  for (const each of [ctx, asMember]) await makeConfirmed(db, each)
  const lifecycle = await makeLifecycle(db, place, { asker: other.userId, reader: admin.userId })
  return {
    ...{ ctx, asMember },
    userId: other.userId,
    ids: {
      identities: identity,
      ownershipId: await makeOwnership(db, orgId, identity, { owner_key: `user:${admin.userId}`, state: 'assigned' }),
      credentials: credential,
      roles: await makeRole(db, place, 'reader'),
      resources: await makeResource(db, place, 'bucket'),
      organizations: orgId,
      members: other.membershipId,
      memberId: other.membershipId,
      teams: team,
      sessions: await session(other.userId),
      invitations: await insert(
        `INSERT INTO invitation (org_id, email, role, token_hash, invited_by, expires_at)
         VALUES ($1, 'new@example.org', 'member', gen_random_uuid(), 'Ada', now() + interval '1 day') RETURNING id`,
        orgId,
      ),
      'api-keys': await insert(
        `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
         VALUES ($1, 'k', 'bwk_0000', '0000', gen_random_uuid(), '{inventory:read}', $2, now() + interval '1 day') RETURNING id`,
        orgId,
        admin.membershipId,
      ),
      'owner-changes': await insert(
        `INSERT INTO bulk_change (org_id, actor_key, change, changed, undo_until)
         VALUES ($1, 'user:' || $2::text, 'assign', 0, now() + interval '1 minute') RETURNING id`,
        orgId,
        admin.userId,
      ),
      'owner-change-runs': await insert(
        `INSERT INTO bulk_change (org_id, actor_key, actor_label, change, changed, status, total, undo_until)
         VALUES ($1, 'user:' || $2::text, 'Ada', 'assign', 0, 'running', 5000, now() + interval '1 minute') RETURNING id`,
        orgId,
        admin.userId,
      ),
      'ownership-tasks': await insert(
        `WITH d AS (INSERT INTO departure (org_id, owner_key, label, reason, by)
           VALUES ($1, 'user:gone', 'Gone', 'left', 'Gone') RETURNING org_id, id)
         INSERT INTO ownership_task (org_id, departure_id, identities) SELECT org_id, id, 0 FROM d RETURNING id`,
        orgId,
      ),
      views: await insert(
        `INSERT INTO saved_view (org_id, author_id, list, name, query) VALUES ($1, $2, 'identities', 'Mine', '{"owner":"none"}') RETURNING id`,
        orgId,
        admin.userId,
      ),
      'column-mappings': await insert(
        `INSERT INTO column_mapping (org_id, name, header_key, columns, created_by)
         VALUES ($1, 'Export', 'k', '{"name":"Account"}', 'Ada') RETURNING id`,
        orgId,
      ),
      'sensitivity-rules': await insert(
        `INSERT INTO sensitivity_rule (org_id, name, kind, sensitivity, position, created_by)
         VALUES ($1, 'Buckets', 'bucket', 'confidential', 0, 'Ada') RETURNING id`,
        orgId,
      ),
      'crown-jewels': await insert(
        `INSERT INTO crown_jewel (org_id, node_id, node_type, marked_by, marked_by_label)
         VALUES ($1, $2, 'identity', 'user:ada', 'Ada') RETURNING id`,
        orgId,
        identity,
      ),
      ...(await makeCallers(db, orgId, { identity, owner: admin.userId })),
      decisions: await insert(
        `INSERT INTO decision (org_id, at, id, asked, request_id, caller_key, caller_label, subject_type, subject_id, action, resource_type, resource_id,
           is_allowed, reason, facts, latency_us)
         VALUES ($1, now(), gen_random_uuid(), 'evaluation', 'r', 'api_key:k', 'k', 'identity', 'svc', 'read', 'bucket', 'b', false, 'no_rule', '{}', 900) RETURNING id`,
        orgId,
      ),
      connections: await insert(
        `INSERT INTO live_connection (org_id, id, connector, name, instance, config, secrets, created_by, created_by_label)
         VALUES ($1, $2, 'postgresql', 'Orders', 'orders', $3, $4, 'ada', 'Ada') RETURNING id`,
        orgId,
        connection,
        JSON.stringify(nowhere),
        sealText('{"password":"hunter2"}', {
          orgId,
          table: 'live_connection',
          column: 'secrets',
          row: connection,
        }),
      ),
      notifications: await insert(
        `INSERT INTO notification (org_id, user_id, kind, subject, path, dedupe_key)
         VALUES ($1, $2, 'order_waits', 'An order waits', '/orders', 'order:1') RETURNING id`,
        orgId,
        admin.userId,
      ),
      ...lifecycle,
      ...(await makeGrants(db, orgId, { asker: other, subject: admin.userId })),
      ...(await makeStanding(db, place, identity)),
      ...(await makeUses(db, orgId, { invoker: other, identity, credential })),
      incidents: await makeIncident(db, orgId, other),
      ...(await makePolicies(db, orgId, { author: other.userId })),
      ...(await makeReviews(db, place, { identity, reviewer: admin.userId })),
      syncs: await insert(
        `WITH l AS (INSERT INTO live_connection (org_id, connector, name, instance, config, secrets, created_by, created_by_label)
           VALUES ($1, 'postgresql', 'Stock', 'stock', '{}', '\\x00', 'ada', 'Ada') RETURNING org_id, id)
         INSERT INTO sync_run (org_id, live_connection_id, status, created_by, created_by_label)
         SELECT org_id, id, 'queued', 'ada', 'Ada' FROM l RETURNING id`,
        orgId,
      ),
      imports: await insert(
        `INSERT INTO sync_run (org_id, status, created_by, created_by_label)
         VALUES ($1, 'previewed', $2, 'Ada') RETURNING id`,
        orgId,
        admin.userId,
      ),
    },
  }
}

/** Which row an address means where its first folder has rows of several states. */
const rowOf: Record<string, string> = {
  getDrillResult: 'drill-runs',
  restoreRun: 'revoked-runs',
  endHold: 'revoked-runs',
  updateCampaign: 'draft-campaigns',
  deleteCampaign: 'draft-campaigns',
  launchCampaign: 'draft-campaigns',
  closeCampaign: 'done-campaigns',
  updateCampaignRemedy: 'remedied-campaigns',
  recordSecondLook: 'remedied-campaigns',
  reportCampaign: 'remedied-campaigns',
  getCampaignRecord: 'remedied-campaigns',
  undoReviewDecision: 'drafted-campaigns',
  signOffReview: 'drafted-campaigns',
  activateGrant: 'approved-grants',
  withdrawGrant: 'own-grants',
  releaseGrant: 'active-grants',
  revokeGrant: 'active-grants',
  ...useRows,
  resolveRun: 'parked-runs',
  reviewPolicyVersion: 'tested-policies',
  replayPolicyVersion: 'tested-policies',
  shadowPolicyVersion: 'reviewed-policies',
  publishPolicyVersion: 'shadow-policies',
  getTwin: 'paired',
  deleteTwin: 'paired',
}

/** The `id` of an address is that of its first folder: `/api/v1/teams/{id}/members/{memberId}`. */
export function paramsFor({ endpoint }: NamedEndpoint, ids: World['ids']): Record<string, string> {
  const [, , , folder = ''] = endpoint.path.split('/')
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  return Object.fromEntries(
    names.map((name) => [name, ids[name === 'id' ? (rowOf[endpoint.operationId] ?? folder) : name] ?? 'unknown']),
  )
}

/** A valid query for every endpoint that cannot do without one; a new one has to be added here. */
const queries: Record<string, (ids: World['ids']) => Record<string, string>> = {
  previewSensitivityRule: () => ({ sensitivity: 'restricted', pattern: 'bucket' }),
  searchNodes: () => ({ q: 'bucket' }),
  listRunEvents: () => ({ follow: 'no' }),
  ...callerQueries,
  findPaths: ({ identities = '', resources = '' }) => ({ from: identities, to: resources }),
}

/** What stands behind the path of a request that is valid, and `more`. */
export function queryFor({ endpoint }: NamedEndpoint, ids: World['ids'], more: Record<string, string> = {}): string {
  const params = new URLSearchParams({ ...queries[endpoint.operationId]?.(ids), ...more })
  return params.size > 0 ? `?${params}` : ''
}

const newConnection = { connector: 'postgresql', instance: 'billing', config: { ...nowhere, password: 'hunter2' } }

const manifest = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: builder, namespace: ci }\n'
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

const everything = { kind: 'identities', filter: {} }
const rule = { system: null, kind: 'bucket', environment: null, pattern: null, sensitivity: 'restricted' }

/** A valid body for every endpoint that takes one; a new endpoint has to be added here. */
const bodies: Record<string, (world: World) => unknown> = {
  createConnection: () => ({ ...newConnection, name: 'Billing' }),
  testNewConnection: () => newConnection,
  updateConnection: () => ({ name: 'Orders of the shop', intervalMinutes: 30 }),
  testConnection: () => ({}),
  createApiKey: () => ({ name: 'ci', scopes: ['inventory:read'], expiresAt: inDays(30) }),
  revokeApiKey: () => ({}),
  markNotificationRead: () => ({}),
  markAllNotificationsRead: () => ({ until: inDays(1) }),
  updateNotificationPreferences: () => ({ ways: { order_waits: 'daily' }, timeZone: 'Europe/Oslo', hour: 9 }),
  updateMailSettings: () => ({
    ...{ way: 'own', host: 'mail.example.org', port: 587, tls: 'starttls' },
    ...{ username: 'bailiwick', password: 'hunter2', fromAddress: 'bailiwick@example.org' },
  }),
  testMailSettings: () => ({}),
  previewImport: () => {
    const form = new FormData()
    form.append('files', new File([manifest], 'accounts.yaml'))
    form.append('instance', 'test cluster')
    return form
  },
  applyImport: () => ({}),
  createColumnMapping: () => ({ name: 'Export', header: ['Account', 'Team'], columns: { name: 'Account' } }),
  previewRevocation: ({ ids }) => ({ targets: [{ identityId: ids.revocable }] }),
  requestRevocation: ({ ids }) => ({
    ...{ targets: [{ identityId: ids.revocable }], listHash: hashOf('revocation', ids.revocable), reason: 'leaked' },
  }),
  previewRotation: ({ ids }) => ({ targets: [{ identityId: ids.revocable }] }),
  requestRotation: ({ ids, userId }) => ({
    ...{
      targets: [{ identityId: ids.revocable }],
      listHash: hashOf('rotation', ids.revocable, ids.revocableCredential),
    },
    ...{ reason: 'due', delivery: { way: 'reveal', userId } },
  }),
  createDrill: ({ ids }) => ({ name: 'Paper', mode: 'tabletop', target: { kind: 'identities', ids: [ids.revocable] } }),
  updateDrill: () => ({ withinSeconds: 3 }),
  requestDrill: () => ({}),
  approveOrder: () => ({ listHash: 'hash', verdict: 'rejected', note: 'not this one' }),
  cancelRun: () => ({ reason: 'not now' }),
  restoreRun: () => ({ reason: 'the wrong one' }),
  resolveRun: () => ({ choice: 'retry', reason: 'it is back' }),
  settleReappearance: () => ({ reason: 'made again on purpose' }),
  endHold: () => ({ reason: 'it is right so' }),
  previewTwin: ({ ids }) => ({ identityId: ids.revocable, twinId: ids.pairable }),
  setTwin: ({ ids }) => ({
    ...{ identityId: ids.revocable, twinId: ids.pairable, inUseId: ids.revocable, reason: 'one program uses both' },
  }),
  previewGrant: ({ ids }) => ({ mode: 'runtime', rights: [{ nodeId: ids.resources, scopes: ['read'] }] }),
  requestGrant: ({ ids }) => ({
    ...{
      mode: 'runtime',
      rights: [{ nodeId: ids.resources, scopes: ['read'] }],
      task: 'look at a bucket',
      seconds: 900,
    },
    listHash: grantHashOf(ids.resources ?? '', ['read']),
  }),
  requestAccessFromDenial: ({ ctx, ids }) => ({
    denial: { binding_token: bindingOf(ctx.tenant.orgId, ids.identities ?? '', ids.resources ?? '') },
    justification: 'write a bucket anew',
  }),
  requestRole: () => ({ role: 'auditor', task: 'look at the trail', seconds: 900 }),
  decideGrant: () => ({ listHash: 'hash', verdict: 'denied', note: 'not this one' }),
  activateGrant: () => ({}),
  releaseGrant: () => ({ reason: 'done' }),
  revokeGrant: () => ({ reason: 'not needed' }),
  declareIncident: () => ({ title: 'Keys are leaking', severity: 'sev2', environments: ['production'] }),
  changeIncident: () => ({ severity: 'sev1', reason: 'worse than it looked' }),
  endIncident: () => ({ learned: 'Keys belong into the store.' }),
  closeGrantTicket: () => ({ ticket: 'OPS-1', reason: 'closed' }),
  createPolicyVersion: () => ({ title: 'Agents do not delete' }),
  updatePolicyVersion: () => ({ revision: 1, files: [{ name: 'resource.yaml', text: 'resourcePolicy: {}' }] }),
  discardPolicyVersion: () => ({ revision: 1 }),
  testPolicyVersion: () => ({ revision: 1 }),
  reviewPolicyVersion: () => ({ contentHash: policyTextHash, verdict: 'approved', note: 'looks right' }),
  shadowPolicyVersion: () => ({ contentHash: policyTextHash }),
  publishPolicyVersion: () => ({ contentHash: policyTextHash, activeHash: activePolicyHash() }),
  replayPolicyVersion: () => ({ days: 7 }),
  rollBackPolicies: () => ({ activeHash: activePolicyHash(), reason: 'not this one' }),
  createReviewTemplate: () => ({ name: 'New', scope: everything, rules: { silence: 'keep' } }),
  updateReviewTemplate: () => ({ version: 1, name: 'Newer' }),
  createCampaign: () => ({ name: 'New', scope: everything, rules: { silence: 'keep' } }),
  previewCampaign: () => ({ scope: everything, rules: { silence: 'keep' } }),
  updateCampaign: () => ({ version: 1, name: 'Newer' }),
  launchCampaign: () => ({ version: 1 }),
  cancelCampaign: () => ({ reason: 'not now' }),
  closeCampaign: () => ({}),
  updateCampaignRemedy: ({ userId }) => ({
    ...{ act: 'assign', ownerKey: `user:${userId}`, dueAt: new Date(Date.now() + 86_400_000).toISOString() },
    reason: 'nothing reads this source',
  }),
  recordSecondLook: () => ({ reviewer: 2, stage: 1, verdict: 'stands', note: 'sound' }),
  decideReviewItems: () => ({ what: { items: [1] }, decision: 'revoke' }),
  undoReviewDecision: () => ({}),
  reassignReviewItems: ({ userId }) => ({ what: { items: [1] }, toKey: `user:${userId}`, reason: 'on holiday' }),
  signOffReview: ({ ctx }) => ({ draftHash: draftHashOf(ctx.actor.id) }),
  createRotationPolicy: () => ({ name: 'Passwords', filter: {}, rules: { intervalDays: 90, maxAgeDays: 120 } }),
  previewRotationPolicy: () => ({ filter: { kind: 'bot' }, rules: { intervalDays: 90, maxAgeDays: 120 } }),
  readSigningKey: () => ({ url: 'https://secrets.example.org/rotated' }),
  ...callerBodies,
  ...useBodies,
  updateDecisionDirectory: () => ({ types: [{ type: 'todo', actions: ['can_read'] }], entities: [], sources: [] }),
  updateRotationPolicy: () => ({ version: 1, name: 'Old passwords' }),
  updateLifecycleSettings: () => ({ restoreHours: 48 }),
  assignOwner: ({ userId }) => ({ ownerKey: `user:${userId}` }),
  confirmOwner: () => ({}),
  transferOwner: ({ userId }) => ({ toOwnerKey: `user:${userId}`, reason: 'moved on' }),
  updateIdentity: () => ({ environment: 'production', tags: { tier: '1' } }),
  resolveOwnerConflict: () => ({}),
  createIdentitySelection: () => ({ filter: { kind: 'service_account,workload' } }),
  previewOwnerChange: ({ ids, userId }) => ({ change: 'assign', ids: [ids.identities], ownerKey: `user:${userId}` }),
  applyOwnerChange: ({ ids, userId }) => ({ change: 'assign', ids: [ids.identities], ownerKey: `user:${userId}` }),
  leaveOrganization: () => ({ reason: 'moving on' }),
  updateOrganization: () => ({ name: 'Renamed' }),
  createOrganization: () => ({ name: 'Another' }),
  updateMember: () => ({ role: 'reviewer' }),
  updateUserStatus: () => ({ status: 'disabled' }),
  createTeam: () => ({ name: 'New team' }),
  updateTeam: () => ({ name: 'New name' }),
  updateTeamMember: () => ({ isLead: true }),
  createInvitation: () => ({ email: 'someone@example.org', role: 'member' }),
  searchCredentials: () => ({ lastFour: 'abcd' }),
  createView: () => ({ list: 'identities', name: 'Robots', query: { kind: 'bot' } }),
  updateView: () => ({ name: 'Renamed' }),
  previewWhatIf: () => ({ cutEdges: [] }),
  setSensitivity: () => ({ sensitivity: 'restricted', reason: 'Holds cards' }),
  createSensitivityRule: () => ({ ...rule, name: 'Accounts', position: 1 }),
  updateSensitivityRule: () => ({ ...rule, name: 'All buckets', position: 0, version: 1 }),
  markCrownJewel: ({ ids }) => ({ nodeId: ids.resources, note: 'Where the cards are' }),
  updateViewPreferences: ({ ids }) => ({ list: 'identities', defaultView: ids.views }),
  createViews: () => ({
    format: 'bailiwick-views',
    version: 1,
    views: [{ list: 'credentials', name: 'Old keys', query: { age: '365d' } }],
  }),
}

/** A valid body for an endpoint, undefined where it takes none. */
export function bodyFor({ endpoint }: NamedEndpoint, world: World): unknown {
  if (endpoint.body === undefined) return undefined
  const make = bodies[endpoint.operationId]
  if (!make) throw new Error(`lib/platform/testing/world.ts has no valid body for ${endpoint.operationId}`)
  return make(world)
}

/** Sends one request to a handler, as Next would. */
export function call(
  handler: Handler,
  entry: NamedEndpoint,
  params: Record<string, string>,
  sent: { body?: unknown; query?: string; token?: string },
) {
  const path = entry.endpoint.path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '')
  const { body, query = '', token } = sent
  const isForm = body instanceof FormData
  const request = new Request(`http://localhost:3000${path}${query}`, {
    method: entry.endpoint.method,
    headers: {
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(entry.endpoint.isVersioned && { 'if-match': '"1"' }),
    },
    body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
  })
  return handler(request, { params: Promise.resolve(params) })
}
