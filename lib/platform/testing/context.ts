import { randomUUID } from 'node:crypto'
import type { MadeMember } from '../../../prisma/factories/organization'
import { type Context, makeContext, type Role } from '../context'
import { tenantOf } from '../db/tenant'

/** The context of a signed-in person, as a request of theirs would have it. */
export function contextOf(orgId: string, member: MadeMember, teamIds: string[] = []): Context {
  const { userId: id, name, email } = member
  const role = member.role as Role
  return makeContext({ kind: 'user', id, name, email, role, teamIds, sessionId: randomUUID() }, tenantOf(orgId), {
    id: randomUUID(),
  })
}

/** Waits until the decision point answers: its first answer after a start may take longer than requests wait. */
export async function warmUp(ctx: Context): Promise<void> {
  const target = { kind: 'organization' as const, id: ctx.tenant.orgId, label: 'warm-up', attr: {} }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const [answer] = await ctx.can(['read'], [target])
    if (answer?.read) return
  }
  throw new Error('the decision point does not answer')
}
