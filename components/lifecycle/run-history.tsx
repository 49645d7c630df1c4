'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import type { RunEvent } from '@/lib/lifecycle/schema'
import { formatCount, formatDateTime } from '@/lib/platform/browser/format'
import { secondsBetween, stopwatchWords } from './run-words'
import type { StreamState } from './use-run-stream'

const whatWords: Record<RunEvent['what'], string> = {
  asked: 'Asked',
  step: 'Step',
  outcome: 'Outcome',
  hop: 'Access',
  probe: 'Try',
  state: 'State',
  person: 'Person',
  secret: 'Secret',
}
const shownAtFirst = 30

interface RunHistoryProps {
  events: readonly RunEvent[]
  state: StreamState
  createdAt: string
}

/** Every line of the history in order, numbered without gaps, as the stream brought it; the latest first. */
export function RunHistory({ events, state, createdAt }: RunHistoryProps) {
  const [isAll, setIsAll] = useState(false)
  const latest = [...events].reverse()
  const shown = isAll ? latest : latest.slice(0, shownAtFirst)
  return (
    <Section title="History" detail={events.length > 0 ? formatCount(events.length, 'line') : undefined}>
      {events.length === 0 ? (
        <p className="text-sm text-ink-muted">
          {state === 'ended'
            ? 'Nothing was written.'
            : state === 'away'
              ? 'The history cannot be read at the moment. It is tried again by itself.'
              : 'Reading the history.'}
        </p>
      ) : (
        <ol aria-label="History of this run, the latest first" className="flex flex-col">
          {shown.map((event) => {
            const seconds = secondsBetween(createdAt, event.at)
            return (
              <li
                key={event.no}
                data-no={event.no}
                className="grid grid-cols-[2.5rem_4.5rem_minmax(0,1fr)] gap-x-3 border-b py-1 text-sm last:border-b-0 md:grid-cols-[2.5rem_5rem_5rem_minmax(0,1fr)]"
              >
                <span className="tabular text-right text-xs leading-5 text-ink-muted">{event.no}</span>
                <time
                  dateTime={event.at}
                  title={formatDateTime(event.at)}
                  className="tabular text-xs leading-5 text-ink-muted"
                >
                  +{seconds === null ? '?' : stopwatchWords(seconds)}
                </time>
                <span className="text-xs leading-5 text-ink-muted max-md:hidden">{whatWords[event.what]}</span>
                <span className={cn('min-w-0 break-words', event.what === 'state' && 'font-medium')}>{event.says}</span>
              </li>
            )
          })}
        </ol>
      )}
      {latest.length > shown.length ? (
        <Button size="sm" className="mt-2" onClick={() => setIsAll(true)}>
          Show all {latest.length}
        </Button>
      ) : null}
    </Section>
  )
}
