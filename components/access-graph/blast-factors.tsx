import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import type { BlastRadius } from '@/lib/access-graph/blast-radius'
import { levels } from '@/lib/access-graph/score'
import { formatCount } from '@/lib/platform/browser/format'
import { stopwatchWords } from '../lifecycle/run-words'
import { alterationWords, persistenceWord, shareWord } from './blast-words'

/** Reach, alteration and persistence, each with what it is made of; then how much of the organization that is. */
export function BlastFactors({ data }: { data: BlastRadius }) {
  const { figures, impact, exposure, exposedTo } = data
  const { factors, persistence } = figures
  const write = levels.indexOf('write')
  const altered = figures.cells.reduce((sum, count, at) => (at % levels.length >= write ? sum + count : sum), 0)
  return (
    <section
      aria-label="Factors"
      className="grid grid-cols-2 overflow-hidden border-b max-sm:[&>*:last-child]:col-span-2 sm:grid-cols-[repeat(auto-fit,minmax(12rem,1fr))]"
    >
      <Factor label="Reach" value={formatCount(figures.resources, 'resource')} factor={factors.reach}>
        in {formatCount(figures.systems, 'system')}, and{' '}
        {formatCount(figures.identities, 'other identity', 'other identities')}
      </Factor>
      <Factor label="Alteration" value={formatCount(altered, 'resource')} factor={factors.alter}>
        {alterationWords(figures.cells)}
      </Factor>
      <Factor
        label="Persistence"
        value={persistenceWord(persistence)}
        isUnknown={persistence.hours === null && !persistence.isUnbounded}
        factor={factors.persist}
      >
        {persistence.credential ? (
          <span className="flex min-w-0 items-center gap-1.5">
            <span className="truncate">{persistence.credential.name}</span>
            <ExpiryText
              expiresAt={persistence.isUnbounded ? null : (persistence.credential.expiresAt ?? undefined)}
              className="shrink-0"
            />
          </span>
        ) : persistence.hours === null && !persistence.isUnbounded ? (
          'counts as a year in the score'
        ) : persistence.hours === 0 ? (
          'no credential on the way is live'
        ) : (
          'by a credential that is found on the way'
        )}
      </Factor>
      {data.afterDetection ? (
        <Factor
          label="After detection"
          value={data.afterDetection.seconds === null ? 'not known' : stopwatchWords(data.afterDetection.seconds)}
          isUnknown={data.afterDetection.seconds === null}
        >
          {data.afterDetection.why}.{' '}
          <Link href="/drills" className="text-accent-ink underline underline-offset-2">
            Drills
          </Link>
        </Factor>
      ) : null}
      <Factor label="Impact" value={shareWord(impact)}>
        of all resources of the organization
      </Factor>
      <Factor
        label="Exposure"
        value={exposedTo === 0 ? 'nobody' : formatCount(exposedTo, 'other identity', 'other identities')}
      >
        can become it{exposedTo > 0 ? `, ${shareWord(exposure)} of them all` : ', as far as is known'}
      </Factor>
    </section>
  )
}

interface FactorProps {
  label: string
  value: string
  isUnknown?: boolean
  /** 0 to 1; without it no bar. */
  factor?: number
  children: ReactNode
}

function Factor({ label, value, isUnknown, factor, children }: FactorProps) {
  return (
    <div className="-mr-px -mb-px flex min-w-0 flex-col gap-0.5 border-r border-b px-4 py-3 md:first:pl-6">
      <span className="flex items-baseline justify-between gap-2 text-xs text-ink-muted">
        {label}
        {factor === undefined ? null : (
          <span className="tabular" title={`Factor of the score: ${factor.toFixed(3)} of 1`}>
            {factor.toFixed(2)}
          </span>
        )}
      </span>
      <span className={cn('tabular text-base font-medium', isUnknown && 'font-normal italic')}>{value}</span>
      {factor === undefined ? null : (
        <span
          aria-hidden
          data-mark
          className="my-1 h-1.5 overflow-hidden rounded-xs bg-hover ring-1 ring-line ring-inset"
        >
          <span
            className={cn('block h-full', isUnknown ? 'hatched' : 'bg-ink-muted')}
            style={{ width: `${Math.round(factor * 1000) / 10}%` }}
          />
        </span>
      )}
      <span className="min-w-0 text-xs text-ink-muted">{children}</span>
    </div>
  )
}
