'use client'

import { Button } from '@/components/ui/button'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import type { View, ViewQuery } from '@/lib/views/schema'
import { useViewChanges } from './use-view-changes'

/** Writes what the list shows back into the view that it came from. */
export function SaveChangesButton({ orgId, view, query }: { orgId: string; view: View; query: ViewQuery }) {
  const { update } = useViewChanges(orgId)
  const save = () =>
    update.mutate(
      { id: view.id, query },
      {
        onSuccess: () => notifyDone(`View ${view.name} saved`),
        onError: (error) => notifyFailed(`View ${view.name} was not saved`, error.message),
      },
    )
  return (
    <Button size="sm" variant="primary" isPending={update.isPending} onClick={save}>
      Save
    </Button>
  )
}
