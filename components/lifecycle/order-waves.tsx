import { CircleCheck, CircleDashed, LoaderCircle, OctagonX } from 'lucide-react'
import Link from 'next/link'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import { toneInk } from '@/components/ui/tone'
import type { Order, RunSummary } from '@/lib/lifecycle/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { stateLabels, toneOf } from './run-words'

type Standing = 'done' | 'now' | 'ahead' | 'failed' | 'left'

const wellEnded: readonly RunSummary['state'][] = ['done', 'restored', 'cancelled', 'overruled']
const icons = { done: CircleCheck, now: LoaderCircle, ahead: CircleDashed, failed: OctagonX, left: CircleDashed }
const words: Record<Standing, string> = {
  done: 'ended well',
  now: 'under way',
  ahead: 'waits for the one before',
  failed: 'did not end well',
  left: 'was not begun',
}
const inks: Record<Standing, string> = {
  done: toneInk.good,
  now: toneInk.notice,
  ahead: 'text-ink-muted',
  failed: toneInk.danger,
  left: 'text-ink-muted',
}

/** Where a wave stands, by what its runs show. Pure. */
export function waveStanding(runs: readonly Pick<RunSummary, 'state' | 'endedAt'>[], isBegun: boolean): Standing {
  if (runs.some(({ state }) => state === 'rolled_back' || state === 'given_up')) return 'failed'
  if (!isBegun) return runs.some(({ endedAt }) => endedAt === null) ? 'ahead' : 'left'
  if (runs.some(({ endedAt }) => endedAt === null)) return 'now'
  return runs.every(({ state }) => wellEnded.includes(state)) ? 'done' : 'failed'
}

/** The waves of an order: each begins when all of the one before ended well. */
export function OrderWaves({ order: { runs, wave: current, waves, waveSize, targetCount } }: { order: Order }) {
  const standings = Array.from({ length: waves }, (_, index) => {
    const own = runs.filter(({ wave }) => wave === index + 1)
    return { no: index + 1, own, standing: waveStanding(own, index + 1 <= current) }
  })
  return (
    <Section
      title="Waves"
      detail={`${formatCount(targetCount, 'target')}, ${waveSize} at once. None begins after one that did not end well.`}
    >
      <ol className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-3">
        {standings.map(({ no, own, standing }) => {
          const Icon = icons[standing]
          return (
            <li key={no} className="border-t py-2">
              <p className={cn('flex items-center gap-1.5 text-sm font-medium', inks[standing])}>
                <Icon className="size-3.5" aria-hidden />
                Wave {no} {words[standing]}
              </p>
              <ul className="mt-1 text-sm">
                {own.map(({ id, identity, state, tone }) => (
                  <li key={id} className="flex justify-between gap-3">
                    <Link href={`/runs/${id}`} className="min-w-0 truncate hover:underline">
                      {identity.name}
                    </Link>
                    <span className={cn('shrink-0', toneInk[toneOf[tone]])}>{stateLabels[state]}</span>
                  </li>
                ))}
              </ul>
            </li>
          )
        })}
      </ol>
    </Section>
  )
}
