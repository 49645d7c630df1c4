import type { Metadata } from 'next'
import { MembersScreen } from '@/components/organizations/members-screen'
import { listInvitations } from '@/lib/organizations/server/list-invitations'
import { listMembers } from '@/lib/organizations/server/list-members'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage() {
  const ctx = await contextFromSession()
  const [members, invitations] = await Promise.all([
    runAction(() => listMembers(ctx, { limit: 500 })),
    runAction(() => listInvitations(ctx, { limit: 500 })),
  ])
  return <MembersScreen orgId={ctx.tenant.orgId} members={members} invitations={invitations} />
}
