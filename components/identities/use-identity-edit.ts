'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { createContext, useContext, useState } from 'react'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { updateIdentity } from '@/lib/identities/actions'
import { type Editable, editableAfter, editedAfter, editedOf, type IdentityEdit } from '@/lib/identities/edits'
import { identityQuery, inventoryKey } from '@/lib/identities/queries'
import type { IdentityDetail } from '@/lib/identities/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'

/** An edit, the identity as it was when the person began to write, and what it is called in messages. */
export interface WantedEdit {
  base: IdentityDetail
  edit: IdentityEdit
  what: string
}

/** Two people edited at once: what was seen, what it has become, what this one wants. */
export interface EditConflict {
  before: Editable
  theirs: IdentityDetail
  mine: Editable
  what: string
}

export type SaveEdit = (wanted: WantedEdit) => void

/** Saves an edit; absent where nothing can be edited. */
export const EditContext = createContext<SaveEdit | undefined>(undefined)
export const useSaveEdit = () => useContext(EditContext)

export function editableOf(identity: IdentityDetail): Editable {
  const { description, environment, tags, criticality, exclusions } = identity
  return { description, environment, tags, criticality, exclusions }
}

/** The identity as it will be, shown until the server has answered. */
function withEdit(base: IdentityDetail, edit: IdentityEdit): IdentityDetail {
  const edited = editedAfter(base.sourceSays, editedOf(base), edit)
  return {
    ...base,
    ...editableAfter(base.sourceSays, editedOf(base), editableOf(base), edit),
    edited: {
      description: edited.description !== undefined,
      environment: edited.environment !== undefined,
      tags: Object.keys(edited.tags ?? {}),
    },
  }
}

/**
 * Edits of one identity: shown at once, taken back with a word about what happened when the server refuses, and put side by
 * side when somebody else edited in the meantime.
 */
export function useIdentityEdit(orgId: string, id: string) {
  const queries = useQueryClient()
  const router = useRouter()
  const [conflict, setConflict] = useState<EditConflict>()
  const query = identityQuery(orgId, id)
  const mutation = useMutation({
    mutationFn: ({ base, edit }: WantedEdit) => takeResult(updateIdentity({ ...edit, id, version: base.version })),
    onMutate: async ({ base, edit }) => {
      await queries.cancelQueries({ queryKey: query.queryKey, exact: true })
      const before = queries.getQueryData(query.queryKey) ?? base
      queries.setQueryData(query.queryKey, withEdit(base, edit))
      return { before }
    },
    onSuccess: (identity, { what }) => {
      notifyDone(`${what} saved`)
      setConflict(undefined)
      queries.setQueryData(query.queryKey, identity)
    },
    onError: async (error, { base, edit, what }, context) => {
      queries.setQueryData(query.queryKey, context?.before ?? base)
      if (isAppError(error) && error.code === 'precondition_failed') {
        const theirs = await queries.fetchQuery({ ...query, staleTime: 0 })
        const mine = editableAfter(base.sourceSays, editedOf(base), editableOf(base), edit)
        return setConflict({ before: editableOf(base), theirs, mine, what })
      }
      const reason = isAppError(error) ? error.message : 'The server could not be reached.'
      notifyFailed(`${what} not saved`, `${reason} What was there before is shown again.`)
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: inventoryKey(orgId) })
      router.refresh()
    },
  })
  const save: SaveEdit = (wanted) => mutation.mutate(wanted)
  return { save, isPending: mutation.isPending, conflict, dropConflict: () => setConflict(undefined) }
}
