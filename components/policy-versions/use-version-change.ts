'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'

/** A change of policies; what is shown is asked again afterwards. Answers whether it was done. */
export function useVersionChange<Input, Output>(orgId: string, act: (input: Input) => Promise<ActionResult<Output>>) {
  const queries = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const isAsked = useRef(false)
  const [error, setError] = useState<Error>()
  const run = async (input: Input): Promise<Output | undefined> => {
    if (isAsked.current) return undefined
    isAsked.current = true
    setIsPending(true)
    setError(undefined)
    let done: Output | undefined
    try {
      done = await takeResult(act(input))
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error('The server could not be reached.'))
    }
    await queries.invalidateQueries({ queryKey: ['policy-versions', orgId] })
    isAsked.current = false
    setIsPending(false)
    return done
  }
  return { run, isPending, error }
}
