'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { acceptAsNewPerson } from '@/lib/organizations/actions'
import { JoinByInvitationInput } from '@/lib/organizations/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { minPasswordLength } from '@/lib/users/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { signInWithPassword } from '../users/sign-in-request'

export interface JoinFormProps {
  token: string
  email: string
  organizationName: string
}

const JoinInput = JoinByInvitationInput.pick({ name: true, password: true })

/** A new person chooses name and password, joins, and is signed in. */
export function JoinForm({ token, email, organizationName }: JoinFormProps) {
  const form = useForm({ resolver: zodResolver(JoinInput), defaultValues: { name: '', password: '' } })
  const join = useMutation({
    mutationFn: async (input: { name: string; password: string }) => {
      await takeResult(acceptAsNewPerson({ token, ...input }))
      await signInWithPassword({ email, password: input.password })
    },
    onSuccess: () => window.location.assign('/'),
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Form aria-label="Join" onSubmit={form.handleSubmit((input) => join.mutate(input))}>
      <Field label="E-mail address" isRequired hint="The invitation is for this address.">
        <Input type="email" className="h-9" value={email} readOnly autoComplete="username" />
      </Field>
      <Field label="Your name" isRequired error={errors.name?.message}>
        <Input className="h-9" autoComplete="name" {...form.register('name')} />
      </Field>
      <Field
        label="Password"
        isRequired
        hint={`At least ${minPasswordLength} characters. A few words that have nothing to do with each other are best.`}
        error={errors.password?.message}
      >
        <Input type="password" className="h-9" autoComplete="new-password" {...form.register('password')} />
      </Field>
      {errors.root?.message ? (
        <Alert tone="danger" isLive>
          {errors.root.message}
        </Alert>
      ) : null}
      <Button type="submit" variant="primary" size="lg" isPending={join.isPending || join.isSuccess}>
        Join {organizationName}
      </Button>
    </Form>
  )
}
