'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeApiKey } from '@/lib/api-keys/actions'
import { apiKeysQuery } from '@/lib/api-keys/queries'
import type { ApiKey } from '@/lib/api-keys/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { RelativeTime } from '../ui/relative-time'
import { notifyDone } from '../ui/toast'

/** Ends a key after saying what stops with it. */
export function RevokeKeyButton({ orgId, apiKey }: { orgId: string; apiKey: ApiKey }) {
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const revoke = async () => {
    await takeResult(revokeApiKey({ id: apiKey.id, reason: reason || undefined }))
    await queries.invalidateQueries({ queryKey: apiKeysQuery(orgId).queryKey })
    notifyDone(`Key ${apiKey.name} revoked`, 'The next request with it is refused.')
  }
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Revoke the key ${apiKey.name}`}>
          Revoke
        </Button>
      }
      title={`Revoke the key ${apiKey.name}?`}
      confirmLabel={`Revoke key ${apiKey.name}`}
      tone="danger"
      onConfirm={revoke}
    >
      <p>
        <span className="font-mono text-xs">
          {apiKey.prefix}…{apiKey.lastFour}
        </span>{' '}
        stops working at once: every program that uses it is refused. Last used{' '}
        <RelativeTime at={apiKey.lastUsedAt} never="never, so nothing should break" />.
      </p>
      <p>It cannot be taken back. A new key has a new token.</p>
      <Field label="Reason" hint="Stands in the audit trail.">
        <Input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
