import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { anyGrant } from '../rules'
import { type GrantDetail, RequestRoleInput, type RoleChoices } from '../schema'
import { type AskableRole, askableRoles, pendingSeconds, roleTiers, tierBounds } from '../values'
import { presentDetail } from './list-grants'
import { roleHashOf, roleRightOf, roleRowOf } from './map-request'
import { findApprovers, notifyWaiting } from './notify-grant'
import { type Requester, requesterOf } from './resolve-request'
import { findGrant, findGrants, insertGrant, readClock } from './store'

const open = ['requested', 'approved', 'activating', 'active', 'ending']

/** What policies are asked of a role for a time. */
export const roleTargetOf = ({ id, name, keys }: Requester, role: AskableRole, grantId = 'new') =>
  anyGrant(grantId, { name, keys: [`user:${id}`], requesterId: id, requesterKeys: keys }, roleTiers[role])

/** A role for a time is somebody's own: a program has that of whoever it belongs to, and no other. */
function personOf({ actor }: Context) {
  if (actor.kind !== 'user')
    throw new AppError(
      'forbidden',
      'Only a person asks for a role, and only for themselves. A key has that of its owner.',
    )
  return actor
}

/**
 * Asks for a role in this organization, for oneself and for a time, beside one's own. Somebody else agrees, it begins when whoever asked
 * begins it, and it ends by itself. @throws AppError `forbidden`; `conflict` for a role that one has or has asked for; `invalid_input`
 */
export async function requestRole(ctx: Context, input: RequestRoleInput): Promise<GrantDetail> {
  const { role, task, ticket, seconds } = RequestRoleInput.parse(input)
  const actor = personOf(ctx)
  const requester = requesterOf(ctx)
  const id = uuidv7()
  const target = roleTargetOf(requester, role, id)
  const permit = await ctx.authorize('request', target)
  if (actor.role === role) throw new AppError('conflict', `You have the role ${role} already, without an end.`)
  if ((await openRoles(ctx, actor.id)).has(role))
    throw new AppError('conflict', `You have asked for the role ${role} already. Look under Access.`)
  const tier = roleTiers[role]
  const { seconds: longest, needed } = tierBounds[tier]
  if (seconds > longest)
    throw new AppError('invalid_input', 'This is longer than allowed for this role.', {
      fields: { seconds: `Choose at most ${longest / 3600} hours.` },
    })
  const { orgId } = ctx.tenant
  const [now, approvers] = await Promise.all([readClock(ctx), findApprovers(ctx, target)])
  const lapsesAt = new Date(now.getTime() + pendingSeconds * 1000)
  const listHash = roleHashOf(orgId, role)
  const after = { grantId: id, role, seconds, ticket }
  await ctx.commit(permit, { action: 'grant.request', target, reason: task, after }, async (tx) => {
    await insertGrant(
      tx,
      {
        ...{ orgId, id, mode: 'console', consoleRole: role, task, ticket, tier, seconds, needed, listHash, lapsesAt },
        ...{ wakeAt: lapsesAt, ...roleRowOf(requester) },
      },
      [roleRightOf(orgId, role)],
      { what: 'requested', says: `${actor.name} asked for the role ${role}: ${task}`, by: actor.name },
    )
    await notifyWaiting(tx, orgId, { id, subject: actor.name, asker: actor.name, task, to: approvers })
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}

async function openRoles(ctx: Context, userId: string): Promise<Map<string, string>> {
  const found = await findGrants(ctx, { mode: 'console', subjectId: userId, state: { in: open } }, 20)
  return new Map(found.flatMap(({ id, consoleRole }) => (consoleRole === null ? [] : [[consoleRole, id] as const])))
}

/** The roles that can be held for a time, with who would have to agree. @throws AppError `forbidden` for a program */
export async function listRoles(ctx: Context): Promise<RoleChoices> {
  const actor = personOf(ctx)
  await ctx.plan('list', 'access_grant')
  const requester = requesterOf(ctx)
  const [asked, [may], ...approvers] = await Promise.all([
    openRoles(ctx, actor.id),
    ctx.can(['request'], [roleTargetOf(requester, 'reviewer')]),
    ...askableRoles.map((role) => findApprovers(ctx, roleTargetOf(requester, role))),
  ])
  return {
    items: askableRoles.map((role, at) => ({
      ...{ role, tier: roleTiers[role], approverCount: approvers[at]?.length ?? 0, openId: asked.get(role) ?? null },
      isHeld: actor.role === role || (actor.grantedRoles ?? []).includes(role),
      needed: tierBounds[roleTiers[role]].needed,
      longestSeconds: tierBounds[roleTiers[role]].seconds,
    })),
    role: actor.role,
    can: { request: may?.request === true },
  }
}
