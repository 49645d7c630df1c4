'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { notifyDone } from '@/components/ui/toast'
import { updateLifecycleSettings } from '@/lib/lifecycle/actions'
import { lifecycleSettingsQuery } from '@/lib/lifecycle/queries'
import { LifecycleSettings, type UpdateSettingsInput } from '@/lib/lifecycle/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { LeaveGuard } from '../organizations/leave-guard'

interface SettingsScreenProps {
  orgId: string
  first: ActionResult<LifecycleSettings>
}

/** When a second person has to agree, how long there is a way back, and how long a link to a new secret is good. */
export function LifecycleSettingsScreen({ orgId, first }: SettingsScreenProps) {
  const { data, error, retry } = useLoaded(lifecycleSettingsQuery(orgId), first)
  if (!data) return <Refusal what="settings of rotation and revocation" error={error} onRetry={retry} />
  return (
    <Section title="Rotation and revocation">
      <div className="max-w-112">
        <SettingsForm key={JSON.stringify(data)} orgId={orgId} settings={data} />
      </div>
    </Section>
  )
}

const { shape } = LifecycleSettings
const SettingsInput = z.object({
  secondPersonScore: z.coerce.number().pipe(shape.secondPersonScore),
  secondPersonCount: z.coerce.number().pipe(shape.secondPersonCount),
  restoreHours: z.coerce.number().pipe(shape.restoreHours),
  linkMinutes: z.coerce.number().pipe(shape.linkMinutes),
})

const fields = [
  {
    name: 'secondPersonScore',
    label: 'A second person agrees from this blast radius on',
    hint: '0 to 100. With 0 somebody always has to agree, with 101 never for the blast radius alone.',
    ...{ min: 0, max: 101 },
  },
  {
    name: 'secondPersonCount',
    label: 'And for more than so many at once',
    hint: 'At most 50.',
    ...{ min: 1, max: 50 },
  },
  {
    name: 'restoreHours',
    label: 'What was cut off can be restored for (hours)',
    hint: 'Where the system allows it. After that it is deleted, if that was asked for.',
    ...{ min: 0, max: 720 },
  },
  {
    name: 'linkMinutes',
    label: 'A link to a new secret is good for (minutes)',
    hint: 'It opens once, for the one person whom it names.',
    ...{ min: 5, max: 10_080 },
  },
] as const

function SettingsForm({ orgId, settings }: { orgId: string; settings: LifecycleSettings }) {
  const queries = useQueryClient()
  const { can, ...values } = settings
  const form = useForm({ resolver: zodResolver(SettingsInput), defaultValues: values })
  const save = useMutation({
    mutationFn: (input: UpdateSettingsInput) => takeResult(updateLifecycleSettings(input)),
    onSuccess: (saved) => {
      queries.setQueryData(lifecycleSettingsQuery(orgId).queryKey, saved)
      notifyDone('Settings saved')
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors, isDirty } = form.formState
  return (
    <>
      <LeaveGuard isDirty={isDirty && can.update} what="the settings" onDiscard={() => form.reset()} />
      <Form
        aria-label="Rotation and revocation"
        isDisabled={!can.update}
        onSubmit={form.handleSubmit((input) => save.mutate(input))}
      >
        {fields.map(({ name, label, hint, min, max }) => (
          <Field key={name} label={label} hint={hint} isRequired error={errors[name]?.message}>
            <Input type="number" min={min} max={max} className="tabular w-28" {...form.register(name)} />
          </Field>
        ))}
        {errors.root?.message ? (
          <Alert tone="danger" isLive>
            {errors.root.message}
          </Alert>
        ) : null}
        {can.update ? (
          <div className="flex gap-2">
            <Button type="submit" variant="primary" isPending={save.isPending} disabled={!isDirty}>
              Save settings
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
