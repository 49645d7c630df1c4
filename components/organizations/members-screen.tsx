'use client'

import { invitationsQuery, membersQuery } from '@/lib/organizations/queries'
import type { InvitationList, MemberList } from '@/lib/organizations/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { InvitationTable } from './invitation-table'
import { InviteDialog } from './invite-dialog'
import { MemberTable } from './member-table'

export interface MembersScreenProps {
  orgId: string
  members: ActionResult<MemberList>
  invitations: ActionResult<InvitationList>
}

/** Who belongs to the organization, and who was asked to. */
export function MembersScreen(props: MembersScreenProps) {
  const { orgId } = props
  const members = useLoaded(membersQuery(orgId), props.members)
  const invitations = useLoaded(invitationsQuery(orgId), props.invitations)
  if (members.error) return <Refusal what="members" error={members.error} onRetry={members.retry} />
  const rows = members.data?.items ?? []
  const open = invitations.data?.items.filter((invitation) => invitation.state === 'open').length ?? 0
  return (
    <>
      <Section
        title="Members"
        detail={formatCount(rows.length, 'person', 'people')}
        actions={invitations.data?.can.create ? <InviteDialog orgId={orgId} /> : null}
      >
        <MemberTable orgId={orgId} members={rows} isLoading={members.data === undefined} />
      </Section>
      <Section title="Invitations" detail={invitations.data ? `${open} open` : undefined}>
        {invitations.error ? (
          <Refusal what="invitations" error={invitations.error} onRetry={invitations.retry} />
        ) : (
          <InvitationTable
            orgId={orgId}
            invitations={invitations.data?.items ?? []}
            isLoading={invitations.data === undefined}
          />
        )}
      </Section>
    </>
  )
}
