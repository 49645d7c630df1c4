'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { GivenPassword } from '@/lib/users/schema'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Form } from '../ui/form'
import { Input } from '../ui/input'
import { type DemoPerson, DemoSignIns } from './demo-sign-ins'
import { beginSingleSignOn, signInWithPassword } from './sign-in-request'

export interface SignInFormProps {
  /** A path of this site: where the person wanted to go. */
  target: string
  /** The host name of the identity provider, when single sign-on is configured. */
  singleSignOn?: string
  /** What went wrong before this page was shown. */
  failure?: string
  demo?: { password: string; people: DemoPerson[] }
}

const SignInInput = z.object({ email: z.string().trim().min(1, 'Type your e-mail address.'), password: GivenPassword })

export function SignInForm({ target, singleSignOn, failure, demo }: SignInFormProps) {
  const form = useForm({ resolver: zodResolver(SignInInput), defaultValues: { email: '', password: '' } })
  // A full load, not a soft navigation: nothing of whoever used this browser before may stay in memory.
  const enter = useMutation({
    mutationFn: signInWithPassword,
    onSuccess: () => window.location.assign(target),
    onError: () => {
      form.resetField('password')
      form.setFocus('password')
    },
  })
  const leave = useMutation({
    mutationFn: () => beginSingleSignOn(target),
    onSuccess: (url) => window.location.assign(url),
  })
  const { errors } = form.formState
  const isBusy = enter.isPending || enter.isSuccess || leave.isPending || leave.isSuccess
  const problem =
    enter.error?.message ?? leave.error?.message ?? (enter.isPending || leave.isPending ? undefined : failure)
  return (
    <div className="flex flex-col gap-5">
      {problem ? (
        <Alert tone="danger" isLive>
          {problem}
        </Alert>
      ) : null}
      {singleSignOn ? (
        <>
          <div className="flex flex-col gap-1.5">
            <Button
              size="lg"
              className="w-full"
              icon={<KeyRound aria-hidden />}
              isPending={leave.isPending || leave.isSuccess}
              onClick={() => leave.mutate()}
            >
              Continue with single sign-on
            </Button>
            <p className="text-center text-xs text-ink-muted">
              by <span className="font-mono">{singleSignOn}</span>
            </p>
          </div>
          <div className="flex items-center gap-3 text-xs text-ink-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or with a password
          </div>
        </>
      ) : null}
      <Form aria-label="Sign in" onSubmit={form.handleSubmit((given) => (isBusy ? undefined : enter.mutate(given)))}>
        <Field label="E-mail address" isRequired error={errors.email?.message}>
          <Input
            type="email"
            className="h-9"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...form.register('email')}
          />
        </Field>
        <Field label="Password" isRequired error={errors.password?.message}>
          <Input type="password" className="h-9" autoComplete="current-password" {...form.register('password')} />
        </Field>
        <Button type="submit" variant="primary" size="lg" isPending={enter.isPending || enter.isSuccess}>
          Sign in
        </Button>
      </Form>
      {demo ? (
        <DemoSignIns
          people={demo.people}
          isDisabled={isBusy}
          onChoose={({ email }) => {
            form.reset({ email, password: demo.password })
            enter.mutate({ email, password: demo.password })
          }}
        />
      ) : null}
    </div>
  )
}
