import { randomUUID } from 'node:crypto'
import { type Actor, type Context, makeContext, roles } from '@/lib/platform/context'
import { readerFor } from '@/lib/platform/db/client'
import { type Tenant, tenantOf } from '@/lib/platform/db/tenant'
import { readKeyActor } from './api-key-actor'

/**
 * The context in which a job carries on what somebody asked for: theirs, with the role, teams and scopes of this moment. Undefined
 * when they could ask for nothing any more: who left or was disabled, a key that has ended.
 * @param actorKey `user:<id>` or `api_key:<id>`
 */
export async function contextOnBehalf(orgId: string, actorKey: string, now = new Date()): Promise<Context | undefined> {
  const tenant = tenantOf(orgId)
  const [kind, id = ''] = actorKey.split(':')
  const actor = kind === 'user' ? await readMember(tenant, id) : (await readKeyActor(tenant, id, now))?.actor
  return actor && makeContext(actor, tenant, { id: randomUUID() })
}

async function readMember(tenant: Tenant, userId: string): Promise<Actor | undefined> {
  const found = await readerFor(tenant).membership.findFirst({
    where: { orgId: tenant.orgId, userId, status: 'active', user: { status: 'active' } },
    include: { user: { select: { name: true, email: true } }, teams: { select: { teamId: true } } },
  })
  const role = roles.find((known) => known === found?.role)
  if (!found || !role) return undefined
  const { name, email } = found.user
  return {
    kind: 'user',
    id: userId,
    name,
    email,
    role,
    teamIds: found.teams.map(({ teamId }) => teamId),
    sessionId: '',
  }
}
