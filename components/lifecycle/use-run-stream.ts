'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { runEventsAddress, runQuery } from '@/lib/lifecycle/queries'
import { RunEvent } from '@/lib/lifecycle/schema'
import { appendEvent } from './append-event'

/** `live`: what happens comes by itself; `away`: the stream is gone and tried again, and the run is asked meanwhile. */
export type StreamState = 'connecting' | 'live' | 'away' | 'ended'

const settleMs = 300
const firstWaitMs = 1000
const longestWaitMs = 15_000

/**
 * The history of a run as it is written. A stream that is cut goes on behind the last line that came: the browser sends its
 * number, and where it gave up a new stream begins there. No line comes twice. While nobody looks at the page it is closed.
 */
export function useRunStream(orgId: string, id: string): { events: readonly RunEvent[]; state: StreamState } {
  const queries = useQueryClient()
  const [events, setEvents] = useState<readonly RunEvent[]>([])
  const [state, setState] = useState<StreamState>('connecting')
  useEffect(() => {
    let source: EventSource | undefined
    let settling: ReturnType<typeof setTimeout> | undefined
    let waiting: ReturnType<typeof setTimeout> | undefined
    let lastNo = 0
    let waitMs = firstWaitMs
    let isOver = false
    const ask = () => {
      settling = undefined
      void queries.invalidateQueries({ queryKey: runQuery(orgId, id).queryKey, exact: true })
    }
    const take = (message: MessageEvent<string>) => {
      const event = RunEvent.safeParse(parse(message.data))
      if (!event.success) return
      lastNo = Math.max(lastNo, event.data.no)
      setEvents((known) => appendEvent(known, event.data))
      settling ??= setTimeout(ask, settleMs)
    }
    const close = () => {
      clearTimeout(waiting)
      source?.close()
      source = undefined
    }
    const open = () => {
      if (isOver || source) return
      source = new EventSource(runEventsAddress(id, lastNo))
      source.onopen = () => {
        waitMs = firstWaitMs
        setState('live')
      }
      source.onmessage = take
      source.addEventListener('end', () => {
        isOver = true
        close()
        setState('ended')
        ask()
      })
      source.onerror = () => {
        setState('away')
        // The browser tries again by itself, unless the answer was a refusal.
        if (source?.readyState !== EventSource.CLOSED) return
        close()
        waiting = setTimeout(open, waitMs)
        waitMs = Math.min(longestWaitMs, waitMs * 2)
      }
    }
    const look = () => {
      if (document.visibilityState === 'hidden') return close()
      open()
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      clearTimeout(settling)
      close()
    }
  }, [queries, orgId, id])
  return { events, state }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
