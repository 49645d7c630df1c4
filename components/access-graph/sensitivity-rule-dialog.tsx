'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { Controller, useForm, useWatch } from 'react-hook-form'
import { z } from 'zod'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { sensitivityLabels } from '@/components/ui/marks/sensitivity-mark'
import { Select } from '@/components/ui/select'
import { notifyDone } from '@/components/ui/toast'
import { createSensitivityRule, updateSensitivityRule } from '@/lib/access-graph/actions'
import { type SensitivityRule, SensitivityRuleInput } from '@/lib/access-graph/blast-radius'
import { graphKey, resourcesQuery } from '@/lib/access-graph/queries'
import { sensitivities } from '@/lib/connectors/contract'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { SensitivityRulePreview } from './sensitivity-rule-preview'

/** Conditions that are left empty match everything. */
const RuleForm = z.object({
  name: SensitivityRuleInput.shape.name,
  system: z.string().trim().max(60),
  kind: z.string().trim().max(60),
  environment: z.string().trim().max(60),
  pattern: z.string().trim().max(200),
  sensitivity: z.enum(sensitivities),
})
type RuleForm = z.infer<typeof RuleForm>

interface SensitivityRuleDialogProps {
  orgId: string
  /** The rule to change; absent for a new one. */
  rule?: SensitivityRule
  position: number
  onClose: () => void
}

/** Makes a rule or changes one; what it would decide stands beneath while it is written. */
export function SensitivityRuleDialog({ orgId, rule, position, onClose }: SensitivityRuleDialogProps) {
  const queries = useQueryClient()
  const lists = useId()
  const facets = useQuery(resourcesQuery(orgId, {})).data?.facets
  const form = useForm<RuleForm>({
    resolver: zodResolver(RuleForm),
    defaultValues: {
      name: rule?.name ?? '',
      system: rule?.system ?? '',
      kind: rule?.kind ?? '',
      environment: rule?.environment ?? '',
      pattern: rule?.pattern ?? '',
      sensitivity: rule?.sensitivity ?? 'restricted',
    },
  })
  const values = useWatch({ control: form.control })
  const save = useMutation({
    mutationFn: (given: RuleForm) => {
      const input = {
        name: given.name,
        system: given.system || null,
        kind: given.kind || null,
        environment: given.environment || null,
        pattern: given.pattern || null,
        sensitivity: given.sensitivity,
        position,
      }
      return takeResult(
        rule ? updateSensitivityRule({ ...input, id: rule.id, version: rule.version }) : createSensitivityRule(input),
      )
    },
    onSuccess: async (_, { name }) => {
      await queries.invalidateQueries({ queryKey: graphKey(orgId) })
      notifyDone(`Rule ${name} saved`, 'Blast radius is worked out again with it.')
      onClose()
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Dialog open onOpenChange={(open) => (open || save.isPending ? undefined : onClose())}>
      <DialogContent
        title={rule ? `Edit ${rule.name}` : 'New rule of sensitivity'}
        description="All conditions must hold; one that is left empty holds for everything."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="sensitivity-rule" variant="primary" isPending={save.isPending}>
              {rule ? 'Save rule' : 'Create rule'}
            </Button>
          </>
        }
      >
        <form
          id="sensitivity-rule"
          noValidate
          className="grid grid-cols-1 gap-4 sm:grid-cols-2"
          onSubmit={form.handleSubmit((input) => save.mutate(input))}
        >
          <Field label="Name" isRequired error={errors.name?.message}>
            <Input autoComplete="off" {...form.register('name')} />
          </Field>
          <Field label="Is" isRequired error={errors.sensitivity?.message}>
            <Controller
              control={form.control}
              name="sensitivity"
              render={({ field }) => (
                <Select
                  value={field.value}
                  onValueChange={field.onChange}
                  options={sensitivities.toReversed().map((value) => ({ value, label: sensitivityLabels[value] }))}
                />
              )}
            />
          </Field>
          <Field label="Name or id has" hint="* stands for anything: prod-*-key" error={errors.pattern?.message}>
            <Input isMono autoComplete="off" spellCheck={false} {...form.register('pattern')} />
          </Field>
          <Field label="Kind" hint="In the source’s own word." error={errors.kind?.message}>
            <Input autoComplete="off" list={`${lists}-kinds`} {...form.register('kind')} />
          </Field>
          <Field label="System" error={errors.system?.message}>
            <Input autoComplete="off" list={`${lists}-systems`} {...form.register('system')} />
          </Field>
          <Field label="Environment" error={errors.environment?.message}>
            <Input autoComplete="off" {...form.register('environment')} />
          </Field>
          <datalist id={`${lists}-kinds`}>
            {facets?.kind.map(({ value }) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <datalist id={`${lists}-systems`}>
            {facets?.system.map(({ value }) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <div className="sm:col-span-2">
            <SensitivityRulePreview
              orgId={orgId}
              rule={{
                id: rule?.id,
                system: values.system?.trim() || undefined,
                kind: values.kind?.trim() || undefined,
                environment: values.environment?.trim() || undefined,
                pattern: values.pattern?.trim() || undefined,
                sensitivity: values.sensitivity ?? 'restricted',
                position,
              }}
            />
          </div>
          {errors.root?.message ? (
            <Alert tone="danger" isLive className="sm:col-span-2">
              {errors.root.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}
