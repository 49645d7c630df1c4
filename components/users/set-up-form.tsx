'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { createFirstAdministrator } from '@/lib/users/actions'
import { CreateFirstAdministratorInput, minPasswordLength } from '@/lib/users/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { signInWithPassword } from './sign-in-request'

/** The first administrator of an empty installation and their organization. Signs in at once when it is done. */
export function SetUpForm() {
  const form = useForm({
    resolver: zodResolver(CreateFirstAdministratorInput),
    defaultValues: { organizationName: '', name: '', email: '', password: '' },
  })
  const setUp = useMutation({
    mutationFn: async (input: CreateFirstAdministratorInput) => {
      await takeResult(createFirstAdministrator(input))
      await signInWithPassword({ email: input.email, password: input.password })
    },
    onSuccess: () => window.location.assign('/'),
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <Form aria-label="Set up" onSubmit={form.handleSubmit((input) => setUp.mutate(input))}>
      <Field
        label="Organization"
        isRequired
        hint="Whose identities are governed here. More can be added later."
        error={errors.organizationName?.message}
      >
        <Input className="h-9" autoComplete="organization" {...form.register('organizationName')} />
      </Field>
      <Field label="Your name" isRequired error={errors.name?.message}>
        <Input className="h-9" autoComplete="name" {...form.register('name')} />
      </Field>
      <Field label="Your e-mail address" isRequired error={errors.email?.message}>
        <Input
          type="email"
          className="h-9"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register('email')}
        />
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
      <Button type="submit" variant="primary" size="lg" isPending={setUp.isPending || setUp.isSuccess}>
        Create the organization
      </Button>
    </Form>
  )
}
