'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'

/** A change of an incident; what is shown, the banner too, is asked again afterwards. */
export function useIncidentChange<Input, Output>(
  orgId: string,
  act: (input: Input) => Promise<ActionResult<Output>>,
  onDone?: (output: Output) => void,
) {
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (input: Input) => takeResult(act(input)),
    onSuccess: async (output) => {
      onDone?.(output)
      router.refresh()
      await queries.invalidateQueries({ queryKey: ['incidents', orgId] })
    },
  })
}
