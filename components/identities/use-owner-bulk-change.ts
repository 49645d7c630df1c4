'use client'

import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyFailed, notifyUndoable } from '@/components/ui/toast'
import { applyOwnerChange, restoreOwners } from '@/lib/identities/actions'
import { inventoryKey } from '@/lib/identities/queries'
import { ownerChangeRunsQuery } from '@/lib/ownership/queries'
import type { AppliedOwnerChange, OwnerChange, OwnerChangeRun } from '@/lib/ownership/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatDate } from '@/lib/platform/browser/format'

const count = (n: number) => formatCount(n, 'identity', 'identities')

function wordsOf({ change }: OwnerChange, { changes, ownerLabel, validUntil }: AppliedOwnerChange): string {
  if (change === 'assign') {
    return `${ownerLabel} assigned to ${count(changes.count)}${validUntil ? ` until ${formatDate(validUntil)}` : ''}`
  }
  if (change === 'transfer') return `${count(changes.count)} handed over to ${ownerLabel}`
  return change === 'attest' ? `${count(changes.count)} attested` : `${count(changes.count)} given up`
}

/** A run of the worker, which its panel shows, or what was done at once. */
const isRun = (result: object): result is OwnerChangeRun => 'startedBy' in result

/** Puts a run in sight at once: its panel stands on every page. */
export function showRun(queries: QueryClient, orgId: string, run: OwnerChangeRun): void {
  const { queryKey } = ownerChangeRunsQuery(orgId)
  queries.setQueryData(queryKey, (last) => ({
    isOfAll: last?.isOfAll ?? false,
    items: [run, ...(last?.items ?? []).filter(({ id }) => id !== run.id)],
  }))
  void queries.invalidateQueries({ queryKey })
}

/** Takes a change of many back, and says how far that went. */
export async function undoOwnerChange(queries: QueryClient, orgId: string, id: string): Promise<void> {
  try {
    const result = await takeResult(restoreOwners({ id }))
    if (isRun(result)) showRun(queries, orgId, result)
    else {
      const { restored, refused } = result
      notifyDone(
        `Taken back for ${count(restored)}`,
        refused > 0 ? `${count(refused)} had been changed since and stay as they are.` : undefined,
      )
    }
  } catch (error) {
    notifyFailed('It could not be taken back', error instanceof Error ? error.message : undefined)
  }
  await queries.invalidateQueries({ queryKey: inventoryKey(orgId) })
}

/** Changes the owners of many identities, at once or in the background, and offers to take it back. */
export function useOwnerBulkChange(orgId: string, onDone?: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: OwnerChange) => takeResult(applyOwnerChange(input)),
    onSuccess: (done, input) => {
      if (isRun(done)) showRun(queries, orgId, done)
      else {
        const refused = done.refused.reduce((sum, effect) => sum + effect.count, 0)
        const left = refused > 0 ? `${count(refused)} could not be changed.` : undefined
        if (done.changes.count === 0) notifyDone('Nothing had to change', left)
        else notifyUndoable(wordsOf(input, done), () => void undoOwnerChange(queries, orgId, done.id), left)
      }
      onDone?.()
    },
    onError: (error) => notifyFailed('The owners were not changed', error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: inventoryKey(orgId) }),
  })
}
