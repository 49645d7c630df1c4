'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Ellipsis, UserCog, UserRoundCheck, UserRoundX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { updateMember } from '@/lib/organizations/actions'
import { membersQuery } from '@/lib/organizations/queries'
import type { Member } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatWord } from '@/lib/platform/browser/format'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Avatar } from '../ui/avatar'
import { Badge } from '../ui/badge'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '../ui/dropdown-menu'
import { IconButton } from '../ui/icon-button'
import { StateBadge } from '../ui/marks/state-badge'
import { RelativeTime } from '../ui/relative-time'
import { EmptyState } from '../ui/state-block'
import { notifyDone } from '../ui/toast'
import { ChangeRoleDialog } from './change-role-dialog'
import { type DepartureChoice, DepartureDialog } from './departure-dialog'

export interface MemberTableProps {
  orgId: string
  members: Member[]
  isLoading: boolean
}

type Choice = { member: Member; what: 'role' | 'status' }

/** The members, with what may be done to each behind a menu. */
export function MemberTable({ orgId, members, isLoading }: MemberTableProps) {
  const [choice, setChoice] = useState<Choice>()
  const columns = useMemo(() => memberColumns(setChoice), [])
  const close = () => setChoice(undefined)
  return (
    <>
      <DataTable
        label="Members"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={members}
        rowId={(member) => member.id}
        rowName={(member) => member.name}
        isLoading={isLoading}
        skeletonRows={5}
        empty={<EmptyState title="Nobody yet">Invite the first person by e-mail address.</EmptyState>}
      />
      {choice?.what === 'role' ? <ChangeRoleDialog orgId={orgId} member={choice.member} onClose={close} /> : null}
      {choice?.what === 'status' ? <StatusDialog orgId={orgId} member={choice.member} onClose={close} /> : null}
    </>
  )
}

function memberColumns(onChoose: (choice: Choice) => void): DataColumn<Member>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 220,
      isGrowing: true,
      isPinned: true,
      cell: (member) => (
        <span className="flex min-w-0 items-center gap-2">
          <Avatar name={member.name} />
          <span className="truncate font-medium">{member.name}</span>
          {member.isYou ? <Badge>you</Badge> : null}
        </span>
      ),
    },
    {
      id: 'email',
      header: 'E-mail',
      width: 240,
      isGrowing: true,
      cell: (member) => <span className="block truncate text-ink-muted">{member.email}</span>,
    },
    { id: 'role', header: 'Role', width: 110, cell: (member) => formatWord(member.role, true) },
    {
      id: 'teams',
      header: 'Teams',
      width: 220,
      cell: (member) =>
        member.teams.length === 0 ? (
          <span className="text-ink-muted">none</span>
        ) : (
          <span className="block truncate">{member.teams.map((team) => team.name).join(', ')}</span>
        ),
    },
    { id: 'status', header: 'Status', width: 110, cell: (member) => <StateBadge state={member.status} /> },
    {
      id: 'joined',
      header: 'Joined',
      width: 190,
      cell: (member) => <RelativeTime at={member.createdAt} hasDate className="text-ink-muted" />,
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 88,
      align: 'end',
      cell: (member) => <MemberMenu member={member} onChoose={onChoose} />,
    },
  ]
}

function MemberMenu({ member, onChoose }: { member: Member; onChoose: (choice: Choice) => void }) {
  if (!member.can.changeRole && !member.can.disable) return null
  const isActive = member.status === 'active'
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton label={`Actions for ${member.name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {member.can.changeRole ? (
          <DropdownMenuItem icon={<UserCog aria-hidden />} onSelect={() => onChoose({ member, what: 'role' })}>
            Change role…
          </DropdownMenuItem>
        ) : null}
        {member.can.disable ? (
          <DropdownMenuItem
            icon={isActive ? <UserRoundX aria-hidden /> : <UserRoundCheck aria-hidden />}
            tone={isActive ? 'danger' : 'plain'}
            onSelect={() => onChoose({ member, what: 'status' })}
          >
            {isActive ? 'Disable…' : 'Enable…'}
          </DropdownMenuItem>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

function StatusDialog({ orgId, member, onClose }: { orgId: string; member: Member; onClose: () => void }) {
  const queries = useQueryClient()
  const isActive = member.status === 'active'
  const change = async (choice: DepartureChoice = {}) => {
    await takeResult(updateMember({ id: member.id, status: isActive ? 'disabled' : 'active', ...choice }))
    await queries.invalidateQueries({ queryKey: membersQuery(orgId).queryKey })
    notifyDone(isActive ? `${member.name} is disabled` : `${member.name} is enabled`)
  }
  if (isActive) {
    return (
      <DepartureDialog
        orgId={orgId}
        leaver={{ kind: 'member', id: member.id }}
        title={`Disable ${member.name}?`}
        confirmLabel={`Disable ${member.name}`}
        consequences={[
          `The next request of every browser session and API key of ${member.name} is refused.`,
          `All that ${member.name} owns ends; enabling the member again does not bring it back.`,
          'You can enable the member again at any time; sessions then begin with a new sign-in.',
        ]}
        onClose={onClose}
        onConfirm={change}
      />
    )
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Enable ${member.name}?`}
      confirmLabel={`Enable ${member.name}`}
      onConfirm={() => change()}
    >
      <p>
        {member.name} can sign in again, as {formatWord(member.role)}. API keys that have not expired work again.
      </p>
    </ConfirmDialog>
  )
}
