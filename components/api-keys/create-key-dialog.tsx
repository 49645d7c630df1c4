'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { z } from 'zod'
import { createApiKey } from '@/lib/api-keys/actions'
import { apiKeysQuery } from '@/lib/api-keys/queries'
import { CreateApiKeyInput, type CreatedApiKey, type Scope } from '@/lib/api-keys/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { showRefusal } from '@/lib/platform/browser/form-errors'
import { formatDate } from '@/lib/platform/browser/format'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { OneTimeSecret } from '../ui/one-time-secret'
import { Select } from '../ui/select'
import { ScopeChoice } from './scope-choice'

const dayMs = 86_400_000
const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: '365 days', hint: 'the most' },
] as const

const KeyForm = CreateApiKeyInput.omit({ expiresAt: true }).extend({
  days: z.enum(lifetimes.map((lifetime) => lifetime.value)),
})

/** Makes a key; then shows its token, this once. */
export function CreateKeyDialog({ orgId }: { orgId: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const [made, setMade] = useState<CreatedApiKey>()
  const setOpen = (open: boolean) => {
    setIsOpen(open)
    setMade(undefined)
  }
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="primary" icon={<KeyRound aria-hidden />}>
          Create API key
        </Button>
      </DialogTrigger>
      {made ? <TokenContent made={made} /> : isOpen ? <KeyFormContent orgId={orgId} onMade={setMade} /> : null}
    </Dialog>
  )
}

function TokenContent({ made: { apiKey, token } }: { made: CreatedApiKey }) {
  return (
    <DialogContent
      isHeld
      title={`The token of ${apiKey.name}`}
      description={`Valid until ${formatDate(apiKey.expiresAt)}.`}
      footer={
        <DialogClose asChild>
          <Button variant="primary">I have copied it</Button>
        </DialogClose>
      }
    >
      <OneTimeSecret label="API key" value={token}>
        Put it into the secret store of the program that needs it. Only a hash is kept here; when the token is lost or
        seen by somebody, revoke the key and make a new one.
      </OneTimeSecret>
    </DialogContent>
  )
}

function KeyFormContent({ orgId, onMade }: { orgId: string; onMade: (made: CreatedApiKey) => void }) {
  const queries = useQueryClient()
  const form = useForm({
    resolver: zodResolver(KeyForm),
    defaultValues: { name: '', scopes: ['inventory:read'] as Scope[], days: '90' as const },
  })
  const create = useMutation({
    mutationFn: ({ days, ...input }: z.output<typeof KeyForm>) =>
      takeResult(createApiKey({ ...input, expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() })),
    onSuccess: async (made) => {
      onMade(made)
      await queries.invalidateQueries({ queryKey: apiKeysQuery(orgId).queryKey })
    },
    onError: (error) => showRefusal(form, error),
  })
  const { errors } = form.formState
  return (
    <DialogContent
      title="Create an API key"
      description="It acts as you, within its scopes."
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button type="submit" form="new-key" variant="primary" isPending={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <form
        id="new-key"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={form.handleSubmit((input) => create.mutate(input))}
      >
        <Field
          label="Name"
          isRequired
          hint="Which program uses it, and where: “deploy-bot, production”."
          error={errors.name?.message}
        >
          <Input autoComplete="off" {...form.register('name')} />
        </Field>
        <Controller
          control={form.control}
          name="scopes"
          render={({ field }) => (
            <ScopeChoice value={field.value} onChange={field.onChange} error={errors.scopes?.message} />
          )}
        />
        <Field label="Expires after" isRequired error={errors.days?.message}>
          <Controller
            control={form.control}
            name="days"
            render={({ field }) => <Select options={lifetimes} value={field.value} onValueChange={field.onChange} />}
          />
        </Field>
        {errors.root?.message ? (
          <Alert tone="danger" isLive>
            {errors.root.message}
          </Alert>
        ) : null}
      </form>
    </DialogContent>
  )
}
