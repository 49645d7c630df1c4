'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyFailed, notifyUndoable } from '@/components/ui/toast'
import { deleteCrownJewel, markCrownJewel } from '@/lib/access-graph/actions'
import type { CrownJewel } from '@/lib/access-graph/blast-radius'
import { crownJewelsQuery } from '@/lib/access-graph/queries'
import { takeResult } from '@/lib/platform/browser/action-result'

interface Mark {
  nodeId: string
  name: string
  note?: string | undefined
  /** It takes an unmarking back. */
  isUndo?: boolean
}

/** Marking and unmarking crown jewels; each can be taken back for a while. */
export function useJewelChange(orgId: string) {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: crownJewelsQuery(orgId).queryKey })
  const mark = useMutation({
    mutationFn: ({ nodeId, note }: Mark) => takeResult(markCrownJewel({ nodeId, note })),
    onSuccess: async (jewel, { name, isUndo }) => {
      await refresh()
      if (isUndo) return notifyDone(`${name} is a crown jewel again`)
      notifyUndoable(
        `${name} is a crown jewel`,
        () => unmark.mutate(jewel),
        'From now on each change of who reaches it is kept.',
      )
    },
    onError: (error, { name }) => notifyFailed(`${name} was not marked`, error.message),
  })
  const unmark = useMutation({
    mutationFn: ({ id }: Pick<CrownJewel, 'id' | 'node' | 'note'>) => takeResult(deleteCrownJewel({ id })),
    onSuccess: async (_, { node, note }) => {
      await refresh()
      const again = { nodeId: node.id ?? '', name: node.name, note: note ?? undefined, isUndo: true }
      notifyUndoable(
        `${node.name} is no crown jewel any more`,
        () => mark.mutate(again),
        'Marked again, its timeline begins anew.',
      )
    },
    onError: (error, { node }) => notifyFailed(`${node.name} was not unmarked`, error.message),
  })
  return { mark, unmark }
}
