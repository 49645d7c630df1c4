'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Controller, useForm } from 'react-hook-form'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { reviewUse } from '@/lib/break-glass/actions'
import { ReviewUseInput, type UseDetail } from '@/lib/break-glass/schema'
import { verdicts } from '@/lib/break-glass/values'
import { useChange } from '@/lib/platform/browser/use-change'
import { verdictLabels } from './break-glass-words'

const questions = [
  { name: 'necessity', label: 'Was it needed?', hint: 'And why nothing else would have done.' },
  { name: 'scope', label: 'What was used of what was given?', hint: 'Held against what was done meanwhile, below.' },
  { name: 'changes', label: 'What was changed?', hint: 'And whether that stays.' },
  { name: 'followUp', label: 'What follows?', hint: 'Tickets, or a right that should be asked for next time.' },
] as const

/** The review of a use, by somebody who had no part in it: final, and on record. */
export function UseReview({ orgId, use: { id } }: { orgId: string; use: UseDetail }) {
  const review = useChange(['break-glass', orgId], reviewUse)
  const form = useForm<ReviewUseInput>({
    resolver: zodResolver(ReviewUseInput),
    defaultValues: {
      ...{ id, verdict: 'justified' },
      findings: { necessity: '', scope: '', changes: '', followUp: '' },
    },
  })
  const { errors } = form.formState
  return (
    <section aria-label="Review it" className="flex flex-col gap-3 border-b bg-warning-wash px-4 py-4 md:px-6">
      <h2 className="text-base font-medium text-warning-ink">It waits for a review, by you or somebody like you</h2>
      <Form aria-label="Review" className="max-w-160" onSubmit={form.handleSubmit((input) => void review.run(input))}>
        {questions.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} isRequired error={errors.findings?.[name]?.message}>
            <Input maxLength={1000} autoComplete="off" {...form.register(`findings.${name}`)} />
          </Field>
        ))}
        <Controller
          control={form.control}
          name="verdict"
          render={({ field }) => (
            <Field label="Verdict" isRequired>
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={verdicts.map((value) => ({ value, label: verdictLabels[value] }))}
              />
            </Field>
          )}
        />
        {review.error ? (
          <Alert tone="danger" isLive title="It was not noted">
            {review.error.message}
          </Alert>
        ) : null}
        <div>
          <Button type="submit" variant="primary" isPending={review.isPending}>
            Finish the review
          </Button>
        </div>
      </Form>
    </section>
  )
}
