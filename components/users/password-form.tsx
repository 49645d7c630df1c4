'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { formatCount } from '@/lib/platform/browser/format'
import { updatePassword } from '@/lib/users/actions'
import { minPasswordLength, UpdatePasswordInput } from '@/lib/users/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { notifyDone } from '../ui/toast'

/** Changes the person's own password; all their other sessions end with it. */
export function PasswordForm() {
  const form = useForm({
    resolver: zodResolver(UpdatePasswordInput),
    defaultValues: { currentPassword: '', newPassword: '' },
  })
  const change = useMutation({
    mutationFn: (input: UpdatePasswordInput) => takeResult(updatePassword(input)),
    onSuccess: ({ ended }) => {
      form.reset()
      notifyDone('Password changed', ended > 0 ? `${formatCount(ended, 'other session')} ended.` : undefined)
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Form
      aria-label="Change password"
      className="max-w-100"
      onSubmit={form.handleSubmit((input) => change.mutate(input))}
    >
      <Field label="Present password" isRequired error={errors.currentPassword?.message}>
        <Input type="password" autoComplete="current-password" {...form.register('currentPassword')} />
      </Field>
      <Field
        label="New password"
        isRequired
        hint={`At least ${minPasswordLength} characters; several words are good. Your other sessions end with the change.`}
        error={errors.newPassword?.message}
      >
        <Input type="password" autoComplete="new-password" {...form.register('newPassword')} />
      </Field>
      {errors.root?.message ? (
        <Alert tone="danger" isLive>
          {errors.root.message}
        </Alert>
      ) : null}
      <div>
        <Button type="submit" isPending={change.isPending}>
          Change password
        </Button>
      </div>
    </Form>
  )
}
