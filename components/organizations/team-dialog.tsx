'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { createTeam, updateTeam } from '@/lib/organizations/actions'
import { teamsQuery } from '@/lib/organizations/queries'
import { CreateTeamInput, type Team } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'
import { Field } from '../ui/field'
import { Input, Textarea } from '../ui/input'
import { notifyDone } from '../ui/toast'

export interface TeamDialogProps {
  orgId: string
  /** The team to change; absent for a new one. */
  team?: Team
  onClose: () => void
}

const TeamForm = CreateTeamInput.pick({ name: true, description: true })

/** Makes a team, or renames and describes one. Its members are chosen in the list. */
export function TeamDialog({ orgId, team, onClose }: TeamDialogProps) {
  const queries = useQueryClient()
  const form = useForm({
    resolver: zodResolver(TeamForm),
    defaultValues: { name: team?.name ?? '', description: team?.description ?? '' },
  })
  const save = useMutation({
    mutationFn: (input: { name: string; description?: string }) =>
      takeResult(team ? updateTeam({ id: team.id, ...input }) : createTeam(input)),
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: teamsQuery(orgId).queryKey })
      notifyDone(team ? `${saved.name} saved` : `Team ${saved.name} made`)
      onClose()
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Dialog open onOpenChange={(open) => (open || save.isPending ? undefined : onClose())}>
      <DialogContent
        title={team ? `Edit ${team.name}` : 'New team'}
        description="A team can own identities; each of its members answers for them."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="team" variant="primary" isPending={save.isPending}>
              {team ? 'Save team' : 'Create team'}
            </Button>
          </>
        }
      >
        <form
          id="team"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={form.handleSubmit((input) => save.mutate(input))}
        >
          <Field label="Name" isRequired error={errors.name?.message}>
            <Input autoComplete="off" {...form.register('name')} />
          </Field>
          <Field label="Description" hint="What the team answers for." error={errors.description?.message}>
            <Textarea rows={2} {...form.register('description')} />
          </Field>
          {errors.root?.message ? (
            <Alert tone="danger" isLive>
              {errors.root.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}
