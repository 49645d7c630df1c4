'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'

/**
 * A change of runs and orders. What is shown of them is asked again afterwards, whatever came of it, and nothing is shown before.
 * No mutation of the query client, which would remember what it was called with: a leaked key may be among it.
 */
export function useLifecycleChange<Input, Output>(
  orgId: string,
  act: (input: Input) => Promise<ActionResult<Output>>,
  onDone?: (output: Output) => void,
) {
  const queries = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  // A second press comes before the button is drawn anew.
  const isAsked = useRef(false)
  const [error, setError] = useState<Error>()
  const run = async (input: Input): Promise<void> => {
    if (isAsked.current) return
    isAsked.current = true
    setIsPending(true)
    setError(undefined)
    try {
      const output = await takeResult(act(input))
      onDone?.(output)
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error('The server could not be reached.'))
    }
    await queries.invalidateQueries({ queryKey: ['lifecycle', orgId] })
    isAsked.current = false
    setIsPending(false)
  }
  return { run, isPending, error }
}
