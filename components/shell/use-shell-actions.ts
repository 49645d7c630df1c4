'use client'

import { useQueryClient } from '@tanstack/react-query'
import { unstable_rethrow, useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { notifyFailed } from '../ui/toast'
import type { ShellProps } from './shell-props'

/** Switching and leaving, wherever in the shell they are asked for. What the browser had cached is of the one before. */
export function useShellActions({ onSwitchOrganization, onSignOut }: ShellProps) {
  const router = useRouter()
  const queries = useQueryClient()
  const [isPending, startTransition] = useTransition()

  const switchOrganization = (id: string) =>
    startTransition(async () => {
      try {
        const result = await onSwitchOrganization({ id })
        if (!result.ok) return notifyFailed('The organization was not switched', result.error.message)
        queries.clear()
        // The page at hand may show a thing of the former organization.
        router.push('/')
      } catch (error) {
        unstable_rethrow(error)
        notifyFailed(
          'The organization was not switched',
          'The server could not be reached. You are still where you were.',
        )
      }
    })

  const signOut = () =>
    startTransition(async () => {
      try {
        await onSignOut()
      } catch (error) {
        unstable_rethrow(error)
        notifyFailed('You were not signed out', 'The server could not be reached. Try again, or close the browser.')
      }
    })

  return { switchOrganization, signOut, isPending }
}
