'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserRoundMinus, UserRoundPlus } from 'lucide-react'
import { assignTeamMember, deleteTeamMember } from '@/lib/organizations/actions'
import { membersQuery, teamsQuery } from '@/lib/organizations/queries'
import type { Team } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { Alert } from '../ui/alert'
import { Avatar } from '../ui/avatar'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { Refusal } from '../ui/refusal'
import { Skeleton } from '../ui/skeleton'

export interface TeamMembersDialogProps {
  orgId: string
  team: Team
  onClose: () => void
}

/** Who is in the team and who could be; each change is done at once and can be taken back at once. */
export function TeamMembersDialog({ orgId, team, onClose }: TeamMembersDialogProps) {
  const members = useQuery(membersQuery(orgId))
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ memberId, isIn }: { memberId: string; isIn: boolean }) =>
      takeResult((isIn ? deleteTeamMember : assignTeamMember)({ id: team.id, memberId })),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: teamsQuery(orgId).queryKey }),
        queries.invalidateQueries({ queryKey: membersQuery(orgId).queryKey }),
      ]),
  })
  const inTeam = new Set(team.members.map((member) => member.id))
  const people = (members.data?.items ?? [])
    .filter((member) => inTeam.has(member.id) || member.status === 'active')
    .toSorted((a, b) => Number(inTeam.has(b.id)) - Number(inTeam.has(a.id)) || a.name.localeCompare(b.name))
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`Members of ${team.name}`}
        description="A member answers for everything that the team owns, from the next request on."
        footer={
          <DialogClose asChild>
            <Button variant="primary">Done</Button>
          </DialogClose>
        }
      >
        {change.error ? (
          <Alert tone="danger" isLive className="mb-3">
            {change.error.message}
          </Alert>
        ) : null}
        {members.error ? (
          <Refusal what="members" error={members.error} onRetry={() => void members.refetch()} />
        ) : members.data === undefined ? (
          <div className="flex flex-col gap-2">
            {['first', 'second', 'third'].map((key) => (
              <Skeleton key={key} className="h-7" />
            ))}
          </div>
        ) : (
          <ul className="flex flex-col" aria-live="polite">
            {people.map((person) => {
              const isIn = inTeam.has(person.id)
              const isPending = change.isPending && change.variables.memberId === person.id
              return (
                <li key={person.id} className="flex min-h-9 items-center gap-2 border-b last:border-b-0">
                  <Avatar name={person.name} />
                  <span className="min-w-0 flex-1 truncate text-sm">
                    {person.name} <span className="text-ink-muted">{person.email}</span>
                  </span>
                  {isIn ? <Badge>in the team</Badge> : null}
                  <Button
                    size="sm"
                    variant="ghost"
                    isPending={isPending}
                    disabled={change.isPending && !isPending}
                    icon={isIn ? <UserRoundMinus aria-hidden /> : <UserRoundPlus aria-hidden />}
                    aria-label={isIn ? `Remove ${person.name} from ${team.name}` : `Add ${person.name} to ${team.name}`}
                    onClick={() => change.mutate({ memberId: person.id, isIn })}
                  >
                    {isIn ? 'Remove' : 'Add'}
                  </Button>
                </li>
              )
            })}
          </ul>
        )}
      </DialogContent>
    </Dialog>
  )
}
