'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createAccessIssuer } from '@/lib/access-callers/actions'
import { accessCallersQuery } from '@/lib/access-callers/queries'
import { type ClientClaim, clientClaims } from '@/lib/access-callers/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { Select } from '../ui/select'
import { notifyDone } from '../ui/toast'
import { CallerDialog, fieldErrors } from './caller-dialog'

const claims = clientClaims.map((value) => ({ value, label: value }))

/** Tells of an issuer whose access tokens count. */
export function IssuerDialog({ orgId, onClose }: { orgId: string; onClose: () => void }) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState({ name: '', issuer: '', audience: '', jwksUrl: '' })
  const [clientClaim, setClientClaim] = useState<ClientClaim>('client_id')
  const save = useMutation({
    mutationFn: () => takeResult(createAccessIssuer({ ...draft, jwksUrl: draft.jwksUrl.trim() || null, clientClaim })),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: accessCallersQuery(orgId).queryKey })
      notifyDone(`${name} added`, 'Add its clients next.')
      onClose()
    },
  })
  const errors = fieldErrors(save.error)
  const text = (name: keyof typeof draft) => ({
    ...{ value: draft[name], autoComplete: 'off', spellCheck: false },
    onChange: (event: { target: { value: string } }) => setDraft({ ...draft, [name]: event.target.value }),
  })
  return (
    <CallerDialog
      title="Add an issuer"
      description="Its access tokens let the clients ask that you name afterwards."
      label="Add issuer"
      save={save}
      onClose={onClose}
    >
      <Field label="Name" isRequired error={errors.name}>
        <Input {...text('name')} />
      </Field>
      <Field
        label="Issuer"
        isRequired
        error={errors.issuer}
        hint="Exactly as its tokens have it in iss. Its metadata is read from there."
      >
        <Input isMono placeholder="https://id.example.com/realms/shop" {...text('issuer')} />
      </Field>
      <Field
        label="Audience"
        isRequired
        error={errors.audience}
        hint="What its tokens must be for (aud): best one that is used for Bailiwick alone."
      >
        <Input isMono placeholder="https://bailiwick.example.com" {...text('audience')} />
      </Field>
      <Field label="Address of its keys" error={errors.jwksUrl} hint="Only where the issuer has no metadata.">
        <Input isMono {...text('jwksUrl')} />
      </Field>
      <Field label="The client is named by" isRequired error={errors.clientClaim} className="max-w-48">
        <Select value={clientClaim} onValueChange={setClientClaim} options={claims} />
      </Field>
    </CallerDialog>
  )
}
