'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'

/**
 * A change of a grant; what is shown is asked again afterwards. No mutation of the query client, which would remember what it was
 * called with: what an account signs in with may be among it.
 */
export function useGrantChange<Input, Output>(
  orgId: string,
  act: (input: Input) => Promise<ActionResult<Output>>,
  onDone?: (output: Output) => void,
) {
  const queries = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const isAsked = useRef(false)
  const [error, setError] = useState<Error>()
  const run = async (input: Input): Promise<void> => {
    if (isAsked.current) return
    isAsked.current = true
    setIsPending(true)
    setError(undefined)
    try {
      onDone?.(await takeResult(act(input)))
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error('The server could not be reached.'))
    }
    await queries.invalidateQueries({ queryKey: ['grants', orgId] })
    isAsked.current = false
    setIsPending(false)
  }
  return { run, isPending, error }
}
