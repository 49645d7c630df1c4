import { randomUUID } from 'node:crypto'
import { type Actor, type Context, makeContext, type Role, roles } from '@/lib/platform/context'
import { installationClient, writerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from './database'

export interface TestOrganization {
  orgId: string
  slug: string
  /** A context of a member with each role, as their request would have it. */
  as: Record<Role, Context>
  users: Record<Role, { userId: string; membershipId: string; email: string; name: string }>
  /** The worker's context. */
  job: Context
}

/** Makes an organization of its own for a test, with one member of each role. */
export async function testOrganization(): Promise<TestOrganization> {
  await testDatabase()
  const orgId = randomUUID()
  const slug = `t-${orgId.slice(0, 8)}`
  const tenant = tenantOf(orgId)
  const db = writerFor(tenant)
  await db.organization.create({ data: { id: orgId, name: `Test ${slug}`, slug } })
  const users = {} as TestOrganization['users']
  const as = {} as TestOrganization['as']
  for (const role of roles) {
    const name = `${role} of ${slug}`
    const email = `${role}@${slug}.example`
    const user = await installationClient().userAccount.create({ data: { email, name } })
    const membership = await db.membership.create({ data: { orgId, userId: user.id, role } })
    const session = await installationClient().session.create({
      data: { userId: user.id, activeOrgId: orgId, method: 'password', expiresAt: new Date(Date.now() + 3_600_000) },
    })
    users[role] = { userId: user.id, membershipId: membership.id, email, name }
    const actor: Actor = { kind: 'user', id: user.id, name, email, role, teamIds: [], sessionId: session.id }
    as[role] = makeContext(actor, tenant, { id: randomUUID() })
  }
  const job = makeContext({ kind: 'job', id: 'test', name: 'test job' }, tenant, { id: randomUUID() })
  return { orgId, slug, as, users, job }
}
