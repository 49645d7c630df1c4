'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { BarList } from '@/components/charts/bar-list'
import { TrendLine } from '@/components/charts/trend-line'
import { BlastMark } from '@/components/ui/marks/blast-mark'
import { IdentityKind, type IdentityKindName } from '@/components/ui/marks/identity-kind'
import { Section } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import type { BlastSummary } from '@/lib/access-graph/blast-radius'
import { blastSummaryQuery } from '@/lib/access-graph/queries'
import { bandOf, type ScoreBand } from '@/lib/access-graph/score'
import { identitiesHref } from '@/lib/identities/address'
import { identityHref } from '@/lib/identities/rules'
import { actingStatuses } from '@/lib/identities/values'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { AsOf } from './as-of'
import { blastBars } from './blast-bars'

const bandColours: Record<ScoreBand, string> = {
  low: 'bg-quiet-mark',
  moderate: 'bg-notice-mark',
  high: 'bg-warning-mark',
  critical: 'bg-danger-mark',
}

/** How far identities reach: the distribution of the scores, the ten that reach furthest, and how that moved. */
export function OverviewBlast({ orgId }: { orgId: string }) {
  const { data, error, refetch } = useQuery(blastSummaryQuery(orgId))
  if (error && !data) {
    if ('code' in error && error.code === 'forbidden') return null
    return (
      <Section title="Blast radius">
        <p className="text-sm text-ink-muted">
          It could not be loaded: {error.message}{' '}
          <button type="button" className="text-accent-ink underline" onClick={() => void refetch()}>
            Try again
          </button>
        </p>
      </Section>
    )
  }
  if (data && data.scored === 0) {
    return (
      <Section title="Blast radius">
        <p className="max-w-[72ch] text-sm text-ink-muted">
          No scores have been worked out yet. They follow each import by themselves, within a minute or two.
        </p>
      </Section>
    )
  }
  return (
    <>
      <div className="grid grid-cols-1 lg:grid-cols-2 [&>*]:border-b! lg:[&>*:nth-child(odd)]:border-r">
        <Section
          title="Blast radius"
          detail={
            data ? (
              <>
                {formatCount(data.scored, 'identity', 'identities')} not disabled, scored{' '}
                <AsOf at={data.asOf ?? undefined} />
              </>
            ) : null
          }
        >
          {data ? <Distribution summary={data} /> : <Waiting lines={10} />}
          <p className="mt-2 text-xs text-ink-muted">
            0 to 100: how much an identity reaches, what it can do there, and for how long. A bar opens its identities.
          </p>
        </Section>
        <Section title="Reach furthest">{data ? <TopTen top={data.top} /> : <Waiting lines={10} />}</Section>
      </div>
      <Section title="Sum of all scores" className="border-b!" detail={data ? <TrendWords trend={data.trend} /> : null}>
        {data ? (
          data.trend.length > 1 ? (
            <TrendLine
              label="Sum of all scores by day"
              points={data.trend.map(({ day, total }) => ({ day, value: total }))}
              format={(value) => formatNumber(Math.round(value))}
            />
          ) : (
            <p className="text-sm text-ink-muted">A line appears from the second day on which scores are worked out.</p>
          )
        ) : (
          <Waiting lines={3} />
        )}
      </Section>
    </>
  )
}

function Distribution({ summary: { distribution, trend } }: { summary: BlastSummary }) {
  return (
    <BarList
      label="Identities by blast radius"
      items={blastBars(distribution, trend.at(-1)?.critical ?? 0).map(({ from, to, value, parts }) => ({
        id: String(from),
        label: (
          <span>
            <span className="tabular">
              {from} – {to}
            </span>
            <span className="ml-2 text-ink-muted">{parts.map(({ band }) => band).join(', ')}</span>
          </span>
        ),
        value,
        parts: parts.map((part) => ({ value: part.value, colour: bandColours[part.band] })),
        href: value > 0 ? identitiesHref({ blast: `${from}-${to}`, status: [...actingStatuses] }) : undefined,
      }))}
    />
  )
}

function TopTen({ top }: { top: BlastSummary['top'] }) {
  if (top.length === 0) return <p className="text-sm text-ink-muted">No identity reaches anything that is known.</p>
  return (
    <ol className="flex flex-col">
      {top.map(({ node, figures, ownerLabel }) => (
        <li key={node.id ?? node.externalId}>
          <Link
            href={identityHref(node.id ?? '', 'blast-radius')}
            className="-mx-2 grid min-h-7 grid-cols-[5rem_1rem_minmax(0,1fr)_fit-content(5rem)] items-center sm:grid-cols-[5rem_1rem_minmax(0,1fr)_minmax(0,9rem)] gap-x-2 rounded-sm px-2 text-sm hover:bg-hover"
          >
            <BlastMark score={figures.score} factors={figures.factors} band={bandOf(figures.score)} />
            {node.type === 'identity' && node.kind ? <IdentityKind kind={node.kind as IdentityKindName} /> : <span />}
            <span className="min-w-0 truncate" title={node.name}>
              {node.name}
            </span>
            <span className={ownerLabel ? 'min-w-0 truncate text-ink-muted' : 'text-warning-ink'}>
              {ownerLabel ?? 'no owner'}
            </span>
          </Link>
        </li>
      ))}
    </ol>
  )
}

/** How the sum moved since the first day that is shown. */
function TrendWords({ trend }: { trend: BlastSummary['trend'] }) {
  const [first, last] = [trend[0], trend.at(-1)]
  if (!first || !last) return null
  const by = Math.round(last.total - first.total)
  if (trend.length < 2) return `${formatNumber(Math.round(last.total))} now`
  return `${formatNumber(Math.round(last.total))} now, ${
    by === 0
      ? 'as on the first day shown'
      : `${formatNumber(Math.abs(by))} ${by > 0 ? 'more' : 'less'} than on the first day shown`
  }`
}

function Waiting({ lines }: { lines: number }) {
  return (
    <div aria-busy className="flex flex-col">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that hold a place are all alike
        <span key={index} className="flex h-7 items-center">
          <Skeleton className={index % 2 === 0 ? 'w-4/5' : 'w-3/5'} />
        </span>
      ))}
    </div>
  )
}
