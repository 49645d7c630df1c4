'use client'

import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { accessCallersQuery } from '@/lib/access-callers/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { notifyDone } from '../ui/toast'

interface RemoveButtonProps {
  orgId: string
  name: string
  title: string
  /** What ends with it. */
  children: ReactNode
  onRemove: () => Promise<ActionResult<unknown>>
}

/** Takes away who may ask, after saying what ends with it. */
export function RemoveButton({ orgId, name, title, children, onRemove }: RemoveButtonProps) {
  const queries = useQueryClient()
  const remove = async () => {
    await takeResult(onRemove())
    await queries.invalidateQueries({ queryKey: accessCallersQuery(orgId).queryKey })
    notifyDone(`${name} removed`)
  }
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Remove ${name}`}>
          Remove
        </Button>
      }
      title={title}
      confirmLabel={`Remove ${name}`}
      tone="danger"
      onConfirm={remove}
    >
      {children}
    </ConfirmDialog>
  )
}
