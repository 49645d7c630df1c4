'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Flag, UserRoundMinus, UserRoundPlus } from 'lucide-react'
import { assignTeamMember, deleteTeamMember, updateTeamMember } from '@/lib/organizations/actions'
import { membersQuery, teamsQuery } from '@/lib/organizations/queries'
import type { Team } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { Alert } from '../ui/alert'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { Refusal } from '../ui/refusal'
import { Skeleton } from '../ui/skeleton'

export interface TeamMembersDialogProps {
  orgId: string
  team: Team
  onClose: () => void
}

type Act = 'in' | 'out' | 'lead' | 'not-lead'

/** Who is in the team, who leads it, and who could be in it; each change is done at once and can be taken back at once. */
export function TeamMembersDialog({ orgId, team, onClose }: TeamMembersDialogProps) {
  const members = useQuery(membersQuery(orgId))
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ memberId, act }: { memberId: string; act: Act }) => {
      const of = { id: team.id, memberId }
      if (act === 'in') return takeResult(assignTeamMember(of))
      if (act === 'out') return takeResult(deleteTeamMember(of))
      return takeResult(updateTeamMember({ ...of, isLead: act === 'lead' }))
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: teamsQuery(orgId).queryKey }),
        queries.invalidateQueries({ queryKey: membersQuery(orgId).queryKey }),
      ]),
  })
  const inTeam = new Set(team.members.map((member) => member.id))
  const leads = new Set(team.members.filter(({ isLead }) => isLead).map((member) => member.id))
  const people = (members.data?.items ?? [])
    .filter((member) => inTeam.has(member.id) || member.status === 'active')
    .toSorted((a, b) => Number(inTeam.has(b.id)) - Number(inTeam.has(a.id)) || a.name.localeCompare(b.name))
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`Members of ${team.name}`}
        description="A member answers for everything that the team owns, from the next request on. Whoever leads it is asked in reviews when neither the owner nor the backup can be."
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
              const isLead = leads.has(person.id)
              const changes = (acts: readonly Act[]) =>
                change.isPending && change.variables.memberId === person.id && acts.includes(change.variables.act)
              return (
                <li key={person.id} className="flex min-h-9 items-center gap-2 border-b last:border-b-0">
                  <Avatar name={person.name} />
                  <span className="min-w-0 flex-1 truncate text-sm">
                    {person.name} <span className="text-ink-muted">{person.email}</span>
                  </span>
                  {isIn ? (
                    <Button
                      size="sm"
                      variant="ghost"
                      aria-pressed={isLead}
                      aria-label={`${person.name} leads ${team.name}`}
                      isPending={changes(['lead', 'not-lead'])}
                      disabled={change.isPending}
                      icon={<Flag aria-hidden />}
                      className={isLead ? 'bg-accent-wash text-accent-ink' : 'text-ink-muted'}
                      onClick={() => change.mutate({ memberId: person.id, act: isLead ? 'not-lead' : 'lead' })}
                    >
                      Leads
                    </Button>
                  ) : null}
                  <Button
                    size="sm"
                    variant="ghost"
                    isPending={changes(['in', 'out'])}
                    disabled={change.isPending}
                    icon={isIn ? <UserRoundMinus aria-hidden /> : <UserRoundPlus aria-hidden />}
                    aria-label={isIn ? `Remove ${person.name} from ${team.name}` : `Add ${person.name} to ${team.name}`}
                    onClick={() => change.mutate({ memberId: person.id, act: isIn ? 'out' : 'in' })}
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
