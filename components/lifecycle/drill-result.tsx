'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useEffect } from 'react'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { toneInk } from '@/components/ui/tone'
import { drillResultQuery } from '@/lib/lifecycle/drill-queries'
import type { DrillResult } from '@/lib/lifecycle/drills'
import { isEnded } from '@/lib/lifecycle/queries'
import { DrillLanes, DrillLegend, KeeperList } from './drill-lanes'
import { DrillMark } from './drill-mark'
import { changeSays, chosenSays, hopLabels, modeSays, timeSays } from './drill-words'
import { useServerNow } from './use-server-now'

interface DrillSectionsProps {
  orgId: string
  runId: string
  /** How many lines of the run's stream have come: with each the result is asked again. */
  lines: number
}

/** What a drill's run has shown: a bar for each place, who kept access, and how it was the last time. */
export function DrillSections({ orgId, runId, lines }: DrillSectionsProps) {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(drillResultQuery(orgId, runId))
  useEffect(() => {
    if (lines > 0) void queries.invalidateQueries({ queryKey: drillResultQuery(orgId, runId).queryKey, exact: true })
  }, [queries, orgId, runId, lines])
  if (!data)
    return error ? (
      <Refusal what="result of this drill" error={error} onRetry={() => void refetch()} />
    ) : (
      <Section title="What the drill shows">
        <Skeleton className="h-32" />
      </Section>
    )
  return <Result result={data} />
}

function Result({ result }: { result: DrillResult }) {
  const { figures, run, planId, planName, withinSeconds, waitSeconds, documentedSeconds, canaryName, canary } = result
  const isOpen = !isEnded(run.state)
  const now = useServerNow(result.asOf, isOpen)
  const documented =
    documentedSeconds === null
      ? 'The makers name no time.'
      : `The makers say that a login is refused within ${chosenSays(documentedSeconds)}.`
  return (
    <>
      <Section
        title="What the drill shows"
        detail={
          <>
            expected within {chosenSays(withinSeconds)}, tried for at most {chosenSays(waitSeconds)}
          </>
        }
        actions={run.mode === 'tabletop' ? undefined : <DrillLegend />}
      >
        <p className="mb-2 max-w-[72ch] text-sm text-ink-muted">
          <Link href={`/drills/${planId}`} className="text-accent-ink underline underline-offset-2">
            {planName || 'The drill'}
          </Link>
          . {canarySays(run.mode, canary, canaryName)} {documented}
        </p>
        <DrillLanes result={result} now={now} />
      </Section>
      {figures.keepers.length > 0 ? (
        <Section
          title="Who must keep access"
          detail={
            figures.falseCuts > 0 ? (
              <span className={toneInk.danger}>{figures.falseCuts} cut by mistake</span>
            ) : undefined
          }
        >
          <KeeperList keepers={figures.keepers} />
        </Section>
      ) : null}
      <Comparison result={result} />
    </>
  )
}

function canarySays(mode: DrillResult['run']['mode'], canary: DrillResult['canary'], name: string | null): string {
  if (mode !== 'canary') return modeSays[mode]
  return canary === 'account'
    ? `The canary ${name ?? ''} was an account of its own, in the same groups.`
    : 'The canary was another secret of the same account.'
}

function Comparison({ result: { figures, previous, run } }: { result: DrillResult }) {
  if (run.mode === 'tabletop' || !isEnded(run.state)) return null
  if (previous === null)
    return (
      <Section title="Beside the last drill">
        <p className="text-sm text-ink-muted">There is none before it that came to an end.</p>
      </Section>
    )
  return (
    <Section
      title="Beside the last drill"
      detail={
        <Link href={`/runs/${previous.runId}`} className="text-accent-ink underline-offset-2 hover:underline">
          <RelativeTime at={previous.at} />
        </Link>
      }
    >
      <div className="overflow-x-auto">
        <table className="w-full max-w-200 text-sm" aria-label="This drill beside the last">
          <thead>
            <tr className="border-b text-left text-xs text-ink-muted">
              {['Place', 'The last', 'This one', 'Change'].map((header) => (
                <th key={header} scope="col" className="py-1.5 pr-6 font-normal">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.hops.map((hop) => {
              const before = previous.figures.hops.find((each) => each.hop === hop.hop)
              const change = changeSays(hop.seconds, before?.seconds ?? null)
              return (
                <tr key={hop.hop} className="border-b last:border-b-0">
                  <th scope="row" className="py-2 pr-6 text-left font-medium whitespace-nowrap">
                    {hopLabels[hop.hop]}
                  </th>
                  <Cell hop={before} />
                  <Cell hop={hop} />
                  <td className={change ? toneInk[change.tone] : 'text-ink-muted'}>
                    {change?.says ?? 'cannot be compared'}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Cell({ hop }: { hop: DrillResult['figures']['hops'][number] | undefined }) {
  return (
    <td className="py-2 pr-6 whitespace-nowrap">
      {hop ? (
        <span className="inline-flex items-center gap-2">
          <DrillMark verdict={hop.verdict} mode="canary" isOver />
          <span className="tabular">{timeSays(hop)}</span>
        </span>
      ) : (
        <span className="text-ink-muted">not part of it</span>
      )}
    </td>
  )
}
