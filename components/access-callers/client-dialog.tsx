'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createAccessClient } from '@/lib/access-callers/actions'
import { accessCallersQuery } from '@/lib/access-callers/queries'
import type { AccessCallers, CreateClientInput } from '@/lib/access-callers/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { type ChosenIdentity, IdentityPicker } from '../lifecycle/identity-picker'
import { Checkbox } from '../ui/checkbox'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { Select } from '../ui/select'
import { notifyDone } from '../ui/toast'
import { CallerDialog, fieldErrors } from './caller-dialog'

const certificate = 'certificate'

/** Says which identity a client is. */
export function ClientDialog({
  orgId,
  callers: { issuers, certificates },
  onClose,
}: {
  orgId: string
  callers: AccessCallers
  onClose: () => void
}) {
  const queries = useQueryClient()
  const [way, setWay] = useState(issuers[0]?.id ?? certificate)
  const [subject, setSubject] = useState('')
  const [chosen, setChosen] = useState<ChosenIdentity[]>([])
  const [mayAskAny, setMayAskAny] = useState(false)
  const common = { subject, identityId: chosen[0]?.id ?? '', mayAskAny }
  const input: CreateClientInput =
    way === certificate ? { way: certificate, ...common } : { way: 'token', issuerId: way, ...common }
  const save = useMutation({
    mutationFn: () => takeResult(createAccessClient(input)),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: accessCallersQuery(orgId).queryKey })
      notifyDone(`${made.subject} may ask`, `It is ${made.identity.name}.`)
      onClose()
    },
  })
  const errors = fieldErrors(save.error)
  return (
    <CallerDialog
      title="Add a client"
      description="It asks as one identity of the inventory, in your role, for as long as you are active here."
      label="Add client"
      save={save}
      onClose={onClose}
    >
      <Field label="It shows" isRequired error={errors.issuerId}>
        <Select
          value={way}
          onValueChange={setWay}
          options={[
            ...issuers.map(({ id, name }) => ({ value: id, label: `An access token of ${name}` })),
            ...(certificates.isOn ? [{ value: certificate, label: 'A certificate, to a proxy of ours' }] : []),
          ]}
        />
      </Field>
      <Field
        label={way === certificate ? 'SPIFFE id or subject' : 'Client id'}
        isRequired
        error={errors.subject}
        hint={way === certificate ? 'A subject exactly as the proxy writes it.' : 'As it stands in its tokens.'}
      >
        <Input
          isMono
          autoComplete="off"
          spellCheck={false}
          placeholder={way === certificate ? 'spiffe://example.com/ns/shop/sa/orders' : 'orders-service'}
          value={subject}
          onChange={(event) => setSubject(event.target.value)}
        />
      </Field>
      <Field label="It is the identity" isRequired error={errors.identityId ? 'Choose an identity.' : undefined}>
        <IdentityPicker orgId={orgId} label="Identity" value={chosen} onChange={setChosen} most={1} />
      </Field>
      <Field label="It may ask about others too, as a gateway does" layout="inline">
        <Checkbox checked={mayAskAny} onCheckedChange={(checked) => setMayAskAny(checked === true)} />
      </Field>
    </CallerDialog>
  )
}
