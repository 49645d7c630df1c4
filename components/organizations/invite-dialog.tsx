'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { createInvitation } from '@/lib/organizations/actions'
import { invitationsQuery } from '@/lib/organizations/queries'
import { CreateInvitationInput } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { OneTimeSecret } from '../ui/one-time-secret'
import { RoleAbilities, RoleSelect } from './role-select'

/** Invites a person; then shows the link, this once. */
export function InviteDialog({ orgId }: { orgId: string }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="primary" icon={<UserRoundPlus aria-hidden />}>
          Invite member
        </Button>
      </DialogTrigger>
      {isOpen ? <InviteContent orgId={orgId} /> : null}
    </Dialog>
  )
}

function InviteContent({ orgId }: { orgId: string }) {
  const queries = useQueryClient()
  const form = useForm({
    resolver: zodResolver(CreateInvitationInput),
    defaultValues: { email: '', role: 'member' as const },
  })
  const invite = useMutation({
    mutationFn: (input: CreateInvitationInput) => takeResult(createInvitation(input)),
    onSuccess: () => queries.invalidateQueries({ queryKey: invitationsQuery(orgId).queryKey }),
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  const role = form.watch('role')
  if (invite.data) {
    return (
      <DialogContent
        isHeld
        title="Invitation made"
        description={`For ${invite.data.invitation.email}, valid for 7 days.`}
        footer={
          <DialogClose asChild>
            <Button variant="primary">Done</Button>
          </DialogClose>
        }
      >
        <OneTimeSecret label="Invitation link" value={invite.data.link}>
          Send the link to {invite.data.invitation.email} yourself, on a way that you trust: whoever opens it first can
          join in this person’s name. When it is lost, revoke the invitation and make a new one.
        </OneTimeSecret>
      </DialogContent>
    )
  }
  return (
    <DialogContent
      title="Invite a member"
      description="You get a link to pass on. Bailiwick sends no mail."
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button type="submit" form="invite" variant="primary" isPending={invite.isPending}>
            Make invitation link
          </Button>
        </>
      }
    >
      <form
        id="invite"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={form.handleSubmit((input) => invite.mutate(input))}
      >
        <Field label="E-mail address" isRequired error={errors.email?.message}>
          <Input type="email" autoComplete="off" {...form.register('email')} />
        </Field>
        <Field label="Role" isRequired error={errors.role?.message}>
          <Controller
            control={form.control}
            name="role"
            render={({ field }) => <RoleSelect value={field.value} onValueChange={field.onChange} />}
          />
        </Field>
        <div aria-live="polite">
          <RoleAbilities role={role} />
        </div>
        {errors.root?.message ? (
          <Alert tone="danger" isLive>
            {errors.root.message}
          </Alert>
        ) : null}
      </form>
    </DialogContent>
  )
}
