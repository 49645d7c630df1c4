'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Pencil, Trash2, Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { deleteTeam } from '@/lib/organizations/actions'
import { teamsQuery } from '@/lib/organizations/queries'
import type { Team, TeamList } from '@/lib/organizations/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '../ui/dropdown-menu'
import { IconButton } from '../ui/icon-button'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { EmptyState } from '../ui/state-block'
import { notifyDone } from '../ui/toast'
import { type DepartureChoice, DepartureDialog } from './departure-dialog'
import { TeamDialog } from './team-dialog'
import { TeamMembersDialog } from './team-members-dialog'

type Choice = { what: 'new' } | { what: 'edit' | 'members' | 'delete'; id: string }

/** The teams, with what may be done to each. */
export function TeamsScreen({ orgId, teams: first }: { orgId: string; teams: ActionResult<TeamList> }) {
  const teams = useLoaded(teamsQuery(orgId), first)
  const [choice, setChoice] = useState<Choice>()
  const columns = useMemo(() => teamColumns(setChoice), [])
  const close = () => setChoice(undefined)
  if (teams.error) return <Refusal what="teams" error={teams.error} onRetry={teams.retry} />
  const rows = teams.data?.items ?? []
  const team = choice && 'id' in choice ? rows.find((row) => row.id === choice.id) : undefined
  const create = teams.data?.can.create ? (
    <Button variant="primary" icon={<Users aria-hidden />} onClick={() => setChoice({ what: 'new' })}>
      Create team
    </Button>
  ) : null
  return (
    <Section title="Teams" detail={formatCount(rows.length, 'team')} actions={create}>
      <DataTable
        label="Teams"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        isLoading={teams.data === undefined}
        skeletonRows={3}
        empty={
          <EmptyState title="No teams yet" actions={create}>
            A team can own identities, so that they keep an owner when a person leaves.
          </EmptyState>
        }
      />
      {choice?.what === 'new' ? <TeamDialog orgId={orgId} onClose={close} /> : null}
      {choice?.what === 'edit' && team ? <TeamDialog orgId={orgId} team={team} onClose={close} /> : null}
      {choice?.what === 'members' && team ? <TeamMembersDialog orgId={orgId} team={team} onClose={close} /> : null}
      {choice?.what === 'delete' && team ? <DeleteTeamDialog orgId={orgId} team={team} onClose={close} /> : null}
    </Section>
  )
}

function teamColumns(onChoose: (choice: Choice) => void): DataColumn<Team>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 200,
      isPinned: true,
      cell: (team) => (
        <span className="flex min-w-0 items-center gap-2">
          <Avatar name={team.name} kind="team" />
          <span className="truncate font-medium">{team.name}</span>
        </span>
      ),
    },
    {
      id: 'description',
      header: 'Answers for',
      width: 240,
      isGrowing: true,
      cell: (team) => <span className="block truncate text-ink-muted">{team.description ?? 'not described'}</span>,
    },
    {
      id: 'members',
      header: 'Members',
      width: 300,
      isGrowing: true,
      cell: (team) =>
        team.members.length === 0 ? (
          <span className="text-ink-muted">nobody</span>
        ) : (
          <span className="block truncate">
            <span className="tabular">{team.members.length}</span>
            <span className="text-ink-muted">
              {' '}
              · {team.members.map(({ name, isLead }) => (isLead ? `${name} (leads)` : name)).join(', ')}
            </span>
          </span>
        ),
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 88,
      align: 'end',
      cell: (team) => <TeamMenu team={team} onChoose={onChoose} />,
    },
  ]
}

function TeamMenu({ team, onChoose }: { team: Team; onChoose: (choice: Choice) => void }) {
  if (!team.can.update && !team.can.delete) return null
  const { id } = team
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton label={`Actions for ${team.name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {team.can.update ? (
          <>
            <DropdownMenuItem icon={<Users aria-hidden />} onSelect={() => onChoose({ what: 'members', id })}>
              Members…
            </DropdownMenuItem>
            <DropdownMenuItem icon={<Pencil aria-hidden />} onSelect={() => onChoose({ what: 'edit', id })}>
              Edit…
            </DropdownMenuItem>
          </>
        ) : null}
        {team.can.delete ? (
          <DropdownMenuItem
            icon={<Trash2 aria-hidden />}
            tone="danger"
            onSelect={() => onChoose({ what: 'delete', id })}
          >
            Delete…
          </DropdownMenuItem>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

function DeleteTeamDialog({ orgId, team, onClose }: { orgId: string; team: Team; onClose: () => void }) {
  const queries = useQueryClient()
  const remove = async (choice: DepartureChoice) => {
    await takeResult(deleteTeam({ id: team.id, ...choice }))
    await queries.invalidateQueries({ queryKey: teamsQuery(orgId).queryKey })
    notifyDone(`Team ${team.name} deleted`)
  }
  return (
    <DepartureDialog
      orgId={orgId}
      leaver={{ kind: 'team', id: team.id }}
      title={`Delete the team ${team.name}?`}
      confirmLabel={`Delete ${team.name}`}
      typedPhrase={team.name}
      consequences={[
        `${formatCount(team.members.length, 'person', 'people')} stay in the organization.`,
        'It cannot be taken back: a new team of the same name does not own what this one did.',
      ]}
      onClose={onClose}
      onConfirm={remove}
    />
  )
}
