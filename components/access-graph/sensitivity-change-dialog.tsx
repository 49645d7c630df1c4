'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Controller, useForm } from 'react-hook-form'
import { z } from 'zod'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { sensitivityLabels } from '@/components/ui/marks/sensitivity-mark'
import { Select } from '@/components/ui/select'
import { notifyDone } from '@/components/ui/toast'
import { setSensitivity } from '@/lib/access-graph/actions'
import { SetSensitivityInput } from '@/lib/access-graph/blast-radius'
import { graphKey } from '@/lib/access-graph/queries'
import { sensitivities } from '@/lib/connectors/contract'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'

const asTold = 'as_told'
const ChangeForm = z.object({
  sensitivity: z.enum([...sensitivities, asTold]),
  reason: SetSensitivityInput.shape.reason,
})
type ChangeForm = z.infer<typeof ChangeForm>

const meanings = {
  public: 'anybody may see it',
  internal: 'for the organization',
  confidential: 'harm if it leaks',
  restricted: 'grave harm if it leaks',
}

interface SensitivityChangeDialogProps {
  orgId: string
  resource: { id: string; name: string }
  /** What is in force as the person saw it. */
  current: (typeof sensitivities)[number] | null
  isByHand: boolean
  onClose: () => void
}

/** Says by hand how sensitive a resource is, or leaves it to rules and source again; each with its reason. */
export function SensitivityChangeDialog(props: SensitivityChangeDialogProps) {
  const { orgId, resource, current, isByHand, onClose } = props
  const queries = useQueryClient()
  const form = useForm<ChangeForm>({
    resolver: zodResolver(ChangeForm),
    defaultValues: { sensitivity: current ?? 'internal', reason: '' },
  })
  const save = useMutation({
    mutationFn: ({ sensitivity, reason }: ChangeForm) =>
      takeResult(
        setSensitivity({
          id: resource.id,
          sensitivity: sensitivity === asTold ? null : sensitivity,
          reason,
          seen: current,
        }),
      ),
    onSuccess: async (_, { sensitivity }) => {
      await queries.invalidateQueries({ queryKey: graphKey(orgId) })
      notifyDone(
        sensitivity === asTold
          ? `Rules and source decide about ${resource.name} again`
          : `${resource.name} is ${sensitivityLabels[sensitivity].toLowerCase()} now`,
        'Blast radius is worked out again with it.',
      )
      onClose()
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Dialog open onOpenChange={(open) => (open || save.isPending ? undefined : onClose())}>
      <DialogContent
        title={`How sensitive is ${resource.name}?`}
        description="What a person says goes before every rule and before the source, until somebody changes it."
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="sensitivity" variant="primary" isPending={save.isPending}>
              Set sensitivity
            </Button>
          </>
        }
      >
        <form
          id="sensitivity"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={form.handleSubmit((input) => save.mutate(input))}
        >
          <Field label="Sensitivity" isRequired error={errors.sensitivity?.message}>
            <Controller
              control={form.control}
              name="sensitivity"
              render={({ field }) => (
                <Select
                  value={field.value}
                  onValueChange={field.onChange}
                  options={[
                    ...sensitivities.toReversed().map((value) => ({
                      value,
                      label: sensitivityLabels[value],
                      hint: meanings[value],
                    })),
                    ...(isByHand
                      ? [{ value: asTold, label: 'As rules and source say', hint: 'takes the word back' }]
                      : []),
                  ]}
                />
              )}
            />
          </Field>
          <Field
            label="Reason"
            isRequired
            hint="Kept in the history, for whoever asks later."
            error={errors.reason?.message}
          >
            <Textarea rows={2} {...form.register('reason')} />
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
