'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Building2, Check } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { createOrganization, leaveOrganization, switchOrganization } from '@/lib/organizations/actions'
import { myOrganizationsQuery } from '@/lib/organizations/queries'
import { CreateOrganizationInput, type MyOrganization, type MyOrganizationList } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { formatWord } from '@/lib/platform/browser/format'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { notifyDone, notifyFailed } from '../ui/toast'
import { type DepartureChoice, DepartureDialog } from './departure-dialog'

export interface MyOrganizationsProps {
  orgId: string
  organizations: MyOrganizationList | undefined
  error: unknown
  onRetry: () => void
  canCreate: boolean
}

/** The organizations that the person may work in, and the way to a further one. */
export function MyOrganizations({ orgId, organizations, error, onRetry, canCreate }: MyOrganizationsProps) {
  return (
    <Section
      title="Your organizations"
      detail="Nothing passes from one to another."
      actions={canCreate ? <CreateOrganizationDialog orgId={orgId} /> : null}
    >
      {error ? (
        <Refusal what="organizations" error={error} onRetry={onRetry} />
      ) : (
        <ul className="max-w-160">
          {(organizations?.items ?? []).map((organization) => (
            <OrganizationRow key={organization.id} orgId={orgId} organization={organization} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function OrganizationRow({ orgId, organization }: { orgId: string; organization: MyOrganization }) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: () => takeResult(switchOrganization({ id: organization.id })),
    onSuccess: () => queries.clear(),
    onError: (failure) => notifyFailed(`Not switched to ${organization.name}`, failure.message),
  })
  return (
    <li className="flex min-h-9 items-center gap-3 border-b last:border-b-0">
      <span className="min-w-0 flex-1 truncate text-sm font-medium">{organization.name}</span>
      <span className="w-24 text-sm text-ink-muted">{formatWord(organization.role, true)}</span>
      <span className="flex w-48 justify-end">
        {organization.isCurrent ? (
          <span className="inline-flex items-center gap-3 text-sm whitespace-nowrap text-ink-muted">
            <span className="inline-flex items-center gap-1.5">
              <Check className="size-3.5 text-accent-ink" aria-hidden /> You are here
            </span>
            <LeaveOrganization orgId={orgId} name={organization.name} />
          </span>
        ) : (
          <Button
            size="sm"
            isPending={change.isPending}
            aria-label={`Switch to ${organization.name}`}
            onClick={() => change.mutate()}
          >
            Switch
          </Button>
        )}
      </span>
    </li>
  )
}

function LeaveOrganization({ orgId, name }: { orgId: string; name: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const leave = async (choice: DepartureChoice) => {
    await takeResult(leaveOrganization(choice))
    window.location.assign('/')
  }
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`Leave ${name}`} onClick={() => setIsOpen(true)}>
        Leave…
      </Button>
      {isOpen ? (
        <DepartureDialog
          orgId={orgId}
          leaver={{ kind: 'reader' }}
          title={`Leave ${name}?`}
          confirmLabel={`Leave ${name}`}
          consequences={[
            'Your sessions in this organization end, and your API keys are refused.',
            'All that you own here ends.',
            'An administrator can let you in again.',
          ]}
          onClose={() => setIsOpen(false)}
          onConfirm={leave}
        />
      ) : null}
    </>
  )
}

function CreateOrganizationDialog({ orgId }: { orgId: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const queries = useQueryClient()
  const form = useForm({ resolver: zodResolver(CreateOrganizationInput), defaultValues: { name: '' } })
  const create = useMutation({
    mutationFn: (input: CreateOrganizationInput) => takeResult(createOrganization(input)),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: myOrganizationsQuery(orgId).queryKey })
      setIsOpen(false)
      form.reset()
      notifyDone(`${made.name} created`, 'You are its administrator. Switch to it to begin.')
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button icon={<Building2 aria-hidden />}>New organization</Button>
      </DialogTrigger>
      <DialogContent
        title="Create an organization"
        description="It begins empty, with its own members, inventory and audit trail. You become its administrator."
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="new-organization" variant="primary" isPending={create.isPending}>
              Create organization
            </Button>
          </>
        }
      >
        <form
          id="new-organization"
          noValidate
          className="flex flex-col gap-3"
          onSubmit={form.handleSubmit((input) => create.mutate(input))}
        >
          <Field label="Name" isRequired error={errors.name?.message}>
            <Input autoComplete="off" {...form.register('name')} />
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
