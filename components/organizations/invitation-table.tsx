'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { revokeInvitation } from '@/lib/organizations/actions'
import { invitationsQuery } from '@/lib/organizations/queries'
import type { Invitation } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatWord } from '@/lib/platform/browser/format'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { StateBadge } from '../ui/marks/state-badge'
import { RelativeTime } from '../ui/relative-time'
import { EmptyState } from '../ui/state-block'
import { notifyDone } from '../ui/toast'

const badges = {
  open: { state: 'pending', word: 'Open' },
  accepted: { state: 'done', word: 'Accepted' },
  revoked: { state: 'revoked', word: 'Revoked' },
  expired: { state: 'expired', word: 'Expired' },
} as const

export interface InvitationTableProps {
  orgId: string
  invitations: Invitation[]
  isLoading: boolean
}

/** The invitations, newest first. */
export function InvitationTable({ orgId, invitations, isLoading }: InvitationTableProps) {
  const columns = useMemo(() => invitationColumns(orgId), [orgId])
  const rows = useMemo(() => invitations.toReversed(), [invitations])
  return (
    <DataTable
      label="Invitations"
      className="-mx-4 md:-mx-6"
      columns={columns}
      rows={rows}
      rowId={(invitation) => invitation.id}
      rowName={(invitation) => invitation.email}
      isLoading={isLoading}
      skeletonRows={2}
      hasShortcuts={false}
      empty={
        <EmptyState title="No invitations">
          An invitation is a link for one person, valid for seven days. Those that you make are listed here.
        </EmptyState>
      }
    />
  )
}

function invitationColumns(orgId: string): DataColumn<Invitation>[] {
  return [
    {
      id: 'email',
      header: 'E-mail',
      width: 460,
      isGrowing: true,
      isPinned: true,
      cell: (invitation) => <span className="block truncate">{invitation.email}</span>,
    },
    { id: 'role', header: 'Role', width: 110, cell: (invitation) => formatWord(invitation.role, true) },
    {
      id: 'invitedBy',
      header: 'Invited by',
      width: 220,
      cell: (invitation) => <span className="block truncate text-ink-muted">{invitation.invitedBy}</span>,
    },
    { id: 'state', header: 'State', width: 110, cell: (invitation) => <StateBadge {...badges[invitation.state]} /> },
    {
      id: 'expires',
      header: 'Ends, or ended',
      width: 190,
      cell: (invitation) =>
        invitation.state === 'open' || invitation.state === 'expired' ? (
          <RelativeTime at={invitation.expiresAt} isAhead hasDate className="text-ink-muted" />
        ) : (
          <RelativeTime at={invitation.closedAt ?? undefined} hasDate className="text-ink-muted" />
        ),
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 88,
      align: 'end',
      cell: (invitation) => (invitation.can.revoke ? <RevokeButton orgId={orgId} invitation={invitation} /> : null),
    },
  ]
}

function RevokeButton({ orgId, invitation }: { orgId: string; invitation: Invitation }) {
  const queries = useQueryClient()
  const revoke = async () => {
    await takeResult(revokeInvitation({ id: invitation.id }))
    await queries.invalidateQueries({ queryKey: invitationsQuery(orgId).queryKey })
    notifyDone('Invitation revoked', invitation.email)
  }
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Revoke the invitation of ${invitation.email}`}>
          Revoke
        </Button>
      }
      title={`Revoke the invitation of ${invitation.email}?`}
      confirmLabel="Revoke invitation"
      tone="danger"
      onConfirm={revoke}
    >
      <p>The link stops working at once. You can invite the same address again with a new link.</p>
    </ConfirmDialog>
  )
}
