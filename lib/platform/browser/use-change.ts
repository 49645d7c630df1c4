'use client'

import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ActionResult, takeResult } from './action-result'

/**
 * A change by a server action. What `queryKey` names is asked again afterwards, whatever came of it, and nothing is shown before.
 * No mutation of the query client, which would remember what it was called with: a secret may be among it.
 */
export function useChange<Input, Output>(
  queryKey: QueryKey,
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
    await queries.invalidateQueries({ queryKey })
    isAsked.current = false
    setIsPending(false)
  }
  return { run, isPending, error }
}
