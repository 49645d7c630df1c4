'use client'

import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { takeResult } from '@/lib/platform/browser/action-result'
import { isAppError } from '@/lib/platform/errors'
import { decideItems, undoDecision } from '@/lib/reviews/actions'
import type { DecideResult, UndoResult } from '@/lib/reviews/items'
import { createOutbox, type DecideJob, type Job, type Outbox, type UndoJob } from './outbox'

interface DeskOutboxOptions {
  campaignId: string
  /** Whose decisions they are: another person in the same browser sends none of them. */
  personId: string
  onDecided: (job: DecideJob, result: DecideResult) => void
  onUndone: (job: UndoJob, result: UndoResult | null) => void
  onRefused: (job: Job, error: Error) => void
}

/** What may succeed a little later, or after signing in again. */
const isPassing = (error: Error) => !isAppError(error) || ['unauthenticated', 'rate_limited'].includes(error.code)

/** The decisions on their way, kept in this tab until they have arrived. */
export function useDeskOutbox({ campaignId, personId, ...on }: DeskOutboxOptions) {
  const [state, setState] = useState<{ waiting: number; stuck: Error | undefined }>({ waiting: 0, stuck: undefined })
  const outbox = useRef<Outbox>(undefined)
  const onDecided = useEffectEvent(on.onDecided)
  const onUndone = useEffectEvent(on.onUndone)
  const onRefused = useEffectEvent(on.onRefused)

  useEffect(() => {
    const place = `bailiwick:review-outbox:${personId}:${campaignId}`
    const box = createOutbox({
      kept: window.sessionStorage.getItem(place),
      keep: (text) =>
        text === null ? window.sessionStorage.removeItem(place) : window.sessionStorage.setItem(place, text),
      decide: (input) => takeResult(decideItems(input)),
      undo: (actId) => takeResult(undoDecision(actId ? { id: campaignId, actId } : { id: campaignId })),
      onDecided: (job, result) => onDecided(job, result),
      onUndone: (job, result) => onUndone(job, result),
      onRefused: (job, error) => onRefused(job, error),
      onChange: (waiting, stuck) => setState({ waiting, stuck }),
      isPassing,
    })
    outbox.current = box
    window.addEventListener('online', box.retry)
    return () => window.removeEventListener('online', box.retry)
  }, [campaignId, personId])

  useEffect(() => {
    const { stuck } = state
    if (!isAppError(stuck) || stuck.code !== 'rate_limited') return
    const timer = setTimeout(() => outbox.current?.retry(), (stuck.retryAfterSeconds ?? 1) * 1000)
    return () => clearTimeout(timer)
  }, [state])

  return {
    ...state,
    add: (job: Job) => outbox.current?.add(job) ?? 'kept',
    retry: () => outbox.current?.retry(),
  }
}
