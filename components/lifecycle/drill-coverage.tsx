import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { identityHref } from '@/lib/identities/rules'
import type { DrillCoverage, RevokeTime } from '@/lib/lifecycle/drills'
import { formatNumber } from '@/lib/platform/browser/format'
import { measuredFrom, measuredSays } from './drill-words'
import type { ChosenIdentity } from './identity-picker'

interface CoverageProps {
  coverage: DrillCoverage
  /** Absent = the reader may not plan. */
  onPlan?: (about: ChosenIdentity) => void
}

const shownFirst = 10

/** Of the identities that reach furthest, whose end of access was measured lately; and whose was not, the widest first. */
export function DrillCoverageSection({ coverage, onPlan }: CoverageProps) {
  const { fromScore, days, total, drilled, missing } = coverage
  const share = total === 0 ? 0 : (drilled / total) * 100
  return (
    <Section
      title="Coverage"
      detail={`identities with a blast radius of ${fromScore} or more, from which on a second person has to agree`}
    >
      {total === 0 ? (
        <p className="text-sm text-ink-muted">No identity reaches that far, or nothing has been worked out yet.</p>
      ) : (
        <div className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <p className="text-sm">
              <span className="tabular text-lg font-medium">{formatNumber(drilled)}</span> of {formatNumber(total)} were
              drilled in the last {days} days
            </p>
            <span aria-hidden data-mark className="h-2 min-w-40 flex-1 overflow-hidden rounded-xs bg-hover">
              <span
                className="block h-full rounded-xs bg-good-mark"
                style={{ width: drilled > 0 ? `max(2px, ${share}%)` : 0 }}
              />
            </span>
          </div>
          {missing.length > 0 ? (
            <details open={missing.length <= shownFirst}>
              <summary className="w-fit cursor-pointer text-sm text-ink-muted hover:text-ink">
                Not drilled{missing.length < total - drilled ? `, the ${missing.length} widest` : ''}
              </summary>
              <ul className="mt-2 flex flex-col divide-y" aria-label="Not drilled">
                {missing.map((each) => (
                  <Missing key={each.id} identity={each} onPlan={onPlan} />
                ))}
              </ul>
            </details>
          ) : null}
        </div>
      )}
    </Section>
  )
}

function Missing({
  identity,
  onPlan,
}: {
  identity: DrillCoverage['missing'][number]
  onPlan: CoverageProps['onPlan']
}) {
  const { id, name, system, score, connection, lastAt } = identity
  return (
    <li className="grid min-h-9 grid-cols-[2.5rem_minmax(0,1fr)_auto] items-center gap-x-3 py-1 text-sm sm:grid-cols-[2.5rem_minmax(0,2fr)_minmax(0,2fr)_auto]">
      <span className="tabular text-right font-medium">{Math.round(score)}</span>
      <Link href={identityHref(id)} className="truncate font-medium hover:underline">
        {name}
      </Link>
      <span className="flex min-w-0 gap-3 text-ink-muted max-sm:col-span-2 max-sm:col-start-2 max-sm:row-start-2">
        <SystemTag system={system} label={connection?.name ?? system} />
        {lastAt ? (
          <span className="whitespace-nowrap">
            last <RelativeTime at={lastAt} />
          </span>
        ) : connection ? (
          <span className="whitespace-nowrap">never drilled</span>
        ) : (
          <span className="truncate">no live connection reads it</span>
        )}
      </span>
      <span className="ml-auto">
        {connection && onPlan ? (
          <Button size="sm" onClick={() => onPlan({ id, name })} aria-label={`Plan a drill for ${name}`}>
            Plan
          </Button>
        ) : null}
      </span>
    </li>
  )
}

/** How long a cut takes where it was measured: what the blast radius counts with after a key was found to have leaked. */
export function RevokeTimes({ times, days }: { times: RevokeTime[]; days: number }) {
  return (
    <Section title="How long a cut takes" detail={`measured by logins in the last ${days} days`}>
      {times.length === 0 ? (
        <p className="text-sm text-ink-muted">
          Nothing was measured yet. Until then the blast radius says that it is not known.
        </p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full max-w-240 text-sm" aria-label="How long a cut takes">
            <thead>
              <tr className="border-b text-left text-xs text-ink-muted">
                {['System', 'By', 'Half of them within', '95 % within', 'Measured by', 'Leaked', 'Last'].map(
                  (header) => (
                    <th key={header} scope="col" className="py-1.5 pr-6 font-normal whitespace-nowrap">
                      {header}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {times.map((time) => (
                <tr key={`${time.connector} ${time.credentialType}`} className="border-b last:border-b-0">
                  <th scope="row" className="py-2 pr-6 text-left font-medium">
                    <SystemTag system={time.connector} />
                  </th>
                  <td className="pr-6 whitespace-nowrap">{time.credentialType.replaceAll('_', ' ')}</td>
                  <td className="tabular pr-6 whitespace-nowrap">{measuredSays(time.p50Seconds)}</td>
                  <td className="tabular pr-6 font-medium whitespace-nowrap">{measuredSays(time.p95Seconds)}</td>
                  <td className="pr-6 whitespace-nowrap">{measuredFrom(time)}</td>
                  <td className={time.leaked > 0 ? 'pr-6 text-danger-ink' : 'pr-6 text-ink-muted'}>{time.leaked}</td>
                  <td className="whitespace-nowrap">
                    <RelativeTime at={time.lastAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
