'use client'

import { Timer } from 'lucide-react'
import { useServerNow } from '@/components/lifecycle/use-server-now'
import type { Grant } from '@/lib/grants/schema'
import { clockWords, overrunWords } from './grant-words'

/** How long it still holds, by the server's clock; past its end how long it is too long. */
export function GrantClock({ grant: { state, endsAt, now, overrunSeconds } }: { grant: Grant }) {
  const present = useServerNow(now, state === 'active')
  if (overrunSeconds > 0) return <span className="text-danger-ink">{overrunWords(overrunSeconds)} past its end</span>
  if (state !== 'active' || endsAt === null) return null
  const left = (Date.parse(endsAt) - present) / 1000
  return (
    <span className="tabular inline-flex items-baseline gap-1.5" role="timer">
      <Timer className="size-3.5 shrink-0 self-center" aria-hidden />
      {left > 0 ? `${clockWords(left)} left` : 'its time is over'}
    </span>
  )
}
