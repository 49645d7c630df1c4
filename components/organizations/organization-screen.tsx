'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { updateOrganization } from '@/lib/organizations/actions'
import { myOrganizationsQuery, organizationQuery } from '@/lib/organizations/queries'
import {
  type MyOrganizationList,
  type Organization,
  OrganizationLimits,
  type UpdateOrganizationInput,
} from '@/lib/organizations/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { formatDate } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { DescriptionList } from '../ui/description-list'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { MiddleTruncate } from '../ui/middle-truncate'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { notifyDone } from '../ui/toast'
import { LeaveGuard } from './leave-guard'
import { MyOrganizations } from './my-organizations'

export interface OrganizationScreenProps {
  orgId: string
  organization: ActionResult<Organization>
  organizations: ActionResult<MyOrganizationList>
}

/** The organization's name and limits, and the person's other organizations. */
export function OrganizationScreen(props: OrganizationScreenProps) {
  const { orgId } = props
  const organization = useLoaded(organizationQuery(orgId), props.organization)
  const mine = useLoaded(myOrganizationsQuery(orgId), props.organizations)
  if (!organization.data) {
    return <Refusal what="settings of the organization" error={organization.error} onRetry={organization.retry} />
  }
  const { id, slug, createdAt } = organization.data
  return (
    <>
      <Section title="This organization">
        <div className="grid gap-x-12 gap-y-6 lg:grid-cols-[minmax(0,28rem)_minmax(0,24rem)]">
          <OrganizationForm key={JSON.stringify(organization.data)} orgId={orgId} organization={organization.data} />
          <DescriptionList
            className="self-start"
            items={[
              { term: 'Short name', detail: <span className="font-mono text-xs">{slug}</span> },
              { term: 'Id', detail: <MiddleTruncate value={id} copyLabel="id" isMono /> },
              { term: 'Created', detail: formatDate(createdAt) },
            ]}
          />
        </div>
      </Section>
      <MyOrganizations
        orgId={orgId}
        organizations={mine.data}
        error={mine.error}
        onRetry={mine.retry}
        canCreate={organization.data.can.create}
      />
    </>
  )
}

const SettingsInput = OrganizationLimits.extend({
  rotateAfterDays: z.coerce.number().pipe(OrganizationLimits.shape.rotateAfterDays),
  staleAfterDays: z.coerce.number().pipe(OrganizationLimits.shape.staleAfterDays),
  attestAfterDays: z.coerce.number().pipe(OrganizationLimits.shape.attestAfterDays),
})

function OrganizationForm({ orgId, organization }: { orgId: string; organization: Organization }) {
  const queries = useQueryClient()
  const router = useRouter()
  const { name, rotateAfterDays, staleAfterDays, attestAfterDays, can } = organization
  const form = useForm({
    resolver: zodResolver(SettingsInput),
    defaultValues: { name, rotateAfterDays, staleAfterDays, attestAfterDays },
  })
  const save = useMutation({
    mutationFn: (input: UpdateOrganizationInput) => takeResult(updateOrganization(input)),
    onSuccess: (saved) => {
      queries.setQueryData(organizationQuery(orgId).queryKey, saved)
      notifyDone('Organization saved')
      // The name stands in the navigation too, which the server draws.
      if (saved.name !== name) router.refresh()
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors, isDirty } = form.formState
  return (
    <>
      <LeaveGuard isDirty={isDirty && can.update} what="the organization" onDiscard={() => form.reset()} />
      <Form
        aria-label="Organization"
        isDisabled={!can.update}
        onSubmit={form.handleSubmit((input) => save.mutate(input))}
      >
        <Field label="Name" isRequired error={errors.name?.message}>
          <Input autoComplete="organization" {...form.register('name')} />
        </Field>
        <Field
          label="Rotate credentials after (days)"
          isRequired
          hint="Age bars in the inventory are measured against this: past it a credential is overdue."
          error={errors.rotateAfterDays?.message}
        >
          <Input type="number" min={1} max={3650} className="tabular w-28" {...form.register('rotateAfterDays')} />
        </Field>
        <Field
          label="Unused is stale after (days)"
          isRequired
          hint="An identity or credential without any use for longer counts as stale."
          error={errors.staleAfterDays?.message}
        >
          <Input type="number" min={1} max={3650} className="tabular w-28" {...form.register('staleAfterDays')} />
        </Field>
        <Field
          label="Owners attest every (days)"
          isRequired
          hint="Until then an owner’s word holds; two weeks before they are asked again whether they still answer for it."
          error={errors.attestAfterDays?.message}
        >
          <Input type="number" min={1} max={3650} className="tabular w-28" {...form.register('attestAfterDays')} />
        </Field>
        {errors.root?.message ? (
          <Alert tone="danger" isLive>
            {errors.root.message}
          </Alert>
        ) : null}
        {can.update ? (
          <div className="flex gap-2">
            <Button type="submit" variant="primary" isPending={save.isPending} disabled={!isDirty}>
              Save organization
            </Button>
            <Button variant="ghost" disabled={!isDirty || save.isPending} onClick={() => form.reset()}>
              Discard changes
            </Button>
          </div>
        ) : (
          <p className="text-sm text-ink-muted">Only an administrator can change these.</p>
        )}
      </Form>
    </>
  )
}
