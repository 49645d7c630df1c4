'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyFailed, notifyUndoable } from '@/components/ui/toast'
import { applyOwnerChange, restoreOwners } from '@/lib/identities/actions'
import { inventoryKey } from '@/lib/identities/queries'
import type { AppliedOwnerChange, OwnerChange } from '@/lib/ownership/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'

const count = (n: number) => formatCount(n, 'identity', 'identities')

function wordsOf({ change }: OwnerChange, { changes, ownerLabel }: AppliedOwnerChange): string {
  if (change === 'assign') return `${ownerLabel} assigned to ${count(changes.count)}`
  if (change === 'transfer') return `${count(changes.count)} handed over to ${ownerLabel}`
  return change === 'attest' ? `${count(changes.count)} attested` : `${count(changes.count)} given up`
}

/** Changes the owners of many identities at once and offers to take it back. */
export function useOwnerBulkChange(orgId: string, onDone?: () => void) {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: inventoryKey(orgId) })
  const undo = async (id: string) => {
    try {
      const { restored, refused } = await takeResult(restoreOwners({ id }))
      notifyDone(
        `Taken back for ${count(restored)}`,
        refused > 0 ? `${count(refused)} had been changed since and stay as they are.` : undefined,
      )
    } catch (error) {
      notifyFailed('It could not be taken back', error instanceof Error ? error.message : undefined)
    }
    await refresh()
  }
  return useMutation({
    mutationFn: (input: OwnerChange) => takeResult(applyOwnerChange(input)),
    onSuccess: (done, input) => {
      const refused = done.refused.reduce((sum, effect) => sum + effect.count, 0)
      const left = refused > 0 ? `${count(refused)} could not be changed.` : undefined
      if (done.changes.count === 0) notifyDone('Nothing had to change', left)
      else notifyUndoable(wordsOf(input, done), () => void undo(done.id), left)
      onDone?.()
    },
    onError: (error) => notifyFailed('The owners were not changed', error.message),
    onSettled: refresh,
  })
}
