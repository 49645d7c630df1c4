'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { notifyDone } from '@/components/ui/toast'
import { deleteConnection } from '@/lib/connections/actions'
import type { Connection } from '@/lib/connections/live'
import { takeResult } from '@/lib/platform/browser/action-result'

const choices = [
  { value: 'keep', label: 'Keep them as they were last seen' },
  { value: 'mark_gone', label: 'Mark them gone' },
] as const

/** Removes a connection, and asks what becomes of what only it vouches for. */
export function RemoveConnection({
  orgId,
  connection: { id, name },
  onClose,
}: {
  orgId: string
  connection: Connection
  onClose: () => void
}) {
  const router = useRouter()
  const queries = useQueryClient()
  const [records, setRecords] = useState<'keep' | 'mark_gone'>('keep')
  const remove = async () => {
    await takeResult(deleteConnection({ id, records }))
    notifyDone(`${name} removed`)
    router.push('/connections')
    await queries.invalidateQueries({ queryKey: ['connections', orgId, 'list'] })
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Remove the connection ${name}?`}
      confirmLabel="Remove connection"
      tone="danger"
      onConfirm={remove}
    >
      <p>
        Its secrets are destroyed, and no sync comes any more. The account at the source stays: remove it there. The
        history of its syncs stays in the audit trail.
      </p>
      <Field label="Identities that only this connection vouches for" isRequired>
        <Select options={choices} value={records} onValueChange={setRecords} />
      </Field>
    </ConfirmDialog>
  )
}
