'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyFailed, notifyUndoable } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import {
  createView,
  createViews,
  deleteView,
  restoreView,
  updateView,
  updateViewPreferences,
} from '@/lib/views/actions'
import { viewCountsQuery, viewsQuery } from '@/lib/views/queries'
import type {
  CreateViewInput,
  UpdateViewInput,
  UpdateViewPreferencesInput,
  View,
  ViewDocumentInput,
  ViewPath,
} from '@/lib/views/schema'

/** Every change of views, each followed by asking for the views again. What fails is told in a toast, unless a form shows it. */
export function useViewChanges(orgId: string) {
  const queries = useQueryClient()
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: viewsQuery(orgId).queryKey })
    void queries.invalidateQueries({ queryKey: viewCountsQuery(orgId).queryKey })
  }
  const create = useMutation({
    mutationFn: (input: CreateViewInput) => takeResult(createView(input)),
    onSuccess: refresh,
  })
  const update = useMutation({
    mutationFn: (input: UpdateViewInput) => takeResult(updateView(input)),
    onSuccess: refresh,
  })
  const take = useMutation({
    mutationFn: (input: ViewDocumentInput) => takeResult(createViews(input)),
    onSuccess: refresh,
  })
  const prefer = useMutation({
    mutationFn: (input: UpdateViewPreferencesInput) => takeResult(updateViewPreferences(input)),
    onSuccess: (views) => queries.setQueryData(viewsQuery(orgId).queryKey, views),
    onError: (error) => notifyFailed('Your choice was not saved', error.message),
  })
  const restore = useMutation({
    mutationFn: (input: ViewPath) => takeResult(restoreView(input)),
    onSuccess: async (view) => {
      await refresh()
      notifyDone(`View ${view.name} is back`)
    },
    onError: (error) => notifyFailed('The view could not be brought back', error.message),
  })
  const remove = useMutation({
    mutationFn: (view: View) => takeResult(deleteView({ id: view.id })),
    onSuccess: async (_, view) => {
      await refresh()
      const whose = view.origin === 'shared' ? 'It is gone for everybody.' : undefined
      notifyUndoable(`View ${view.name} deleted`, () => restore.mutate({ id: view.id }), whose)
    },
    onError: (error, view) => notifyFailed(`View ${view.name} was not deleted`, error.message),
  })
  return { create, update, take, prefer, remove }
}
