'use client'

import { useQuery } from '@tanstack/react-query'
import { Radio, Siren } from 'lucide-react'
import Link from 'next/link'
import { lazy, Suspense } from 'react'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { toneInk } from '@/components/ui/tone'
import { isEnded, runQuery } from '@/lib/lifecycle/queries'
import type { RunDetail } from '@/lib/lifecycle/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { CountdownRing } from './countdown-ring'
import { HopLanes, LaneLegend } from './hop-lanes'
import { RunActions } from './run-actions'
import { RunFacts } from './run-facts'
import { RunHistory } from './run-history'
import { RunLink } from './run-link'
import { RunNeeds } from './run-needs'
import { RunUses } from './run-uses'
import { kindLabels, stopwatchWords, subjectOf, toneOf } from './run-words'
import { SemanticsCard } from './semantics-card'
import { StepList } from './step-list'
import { type StreamState, useRunStream } from './use-run-stream'
import { useServerNow } from './use-server-now'
import { VerdictMark } from './verdict-mark'

const DrillSections = lazy(() => import('./drill-result').then((module) => ({ default: module.DrillSections })))

interface RunScreenProps {
  orgId: string
  id: string
  first: ActionResult<RunDetail>
}

/** One run as it happens: what has been shown, what is being done, what it waits for, and the way back. */
export function RunScreen({ orgId, id, first }: RunScreenProps) {
  const stream = useRunStream(orgId, id)
  const { data, error, refetch } = useQuery({
    ...runQuery(orgId, id, stream.state === 'live'),
    initialData: first.ok ? first.data : undefined,
  })
  if (!data) {
    return <Refusal what="run" error={error ?? (first.ok ? null : first.error)} onRetry={() => void refetch()} />
  }
  return <RunPage orgId={orgId} run={data} stream={stream} error={error} />
}

interface RunPageProps {
  orgId: string
  run: RunDetail
  stream: ReturnType<typeof useRunStream>
  error: Error | null
}

function RunPage({ orgId, run, stream, error }: RunPageProps) {
  const isOpen = !isEnded(run.state)
  const now = useServerNow(run.asOf, isOpen)
  const { needs, kind, semantics } = run
  return (
    <>
      <PageHeader
        title={`${kindLabels[kind]} of ${subjectOf(run)}`}
        eyebrow={
          <>
            <Link href="/runs" className="hover:underline">
              Runs
            </Link>
            <span aria-hidden>/</span>
            {kindLabels[kind]}
            <span aria-hidden>·</span>
            <SystemTag system={run.system} label={run.connection.name} />
            {run.isEmergency ? (
              <Badge tone="warning" icon={<Siren aria-hidden />}>
                Emergency
              </Badge>
            ) : null}
            {isOpen ? <LiveMark state={stream.state} isFailing={error !== null} /> : null}
          </>
        }
        actions={<RunActions orgId={orgId} run={run} />}
      >
        Asked for by {run.requestedBy}: {run.reason}
      </PageHeader>
      <Verdict run={run} now={now} />
      {needs ? <RunNeeds key={`${needs.step} ${needs.why}`} orgId={orgId} run={{ ...run, needs }} /> : null}
      {run.link ? <RunLink link={run.link} createdAt={run.createdAt} now={now} isOpen={isOpen} /> : null}
      {kind === 'drill' ? (
        <Suspense fallback={null}>
          <DrillSections orgId={orgId} runId={run.id} lines={stream.events.length} />
        </Suspense>
      ) : run.hops.length > 0 ? (
        <Section title="Where access ends" actions={<LaneLegend />}>
          <HopLanes run={run} now={now} isOpen={isOpen} />
        </Section>
      ) : null}
      {run.overlaps ? <RunUses orgId={orgId} runId={run.id} /> : null}
      <div className="grid grid-cols-1 border-b lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Section title="Steps" detail="each is written down before it is taken" className="lg:border-b-0">
          <StepList run={run} now={now} />
        </Section>
        <div className="lg:border-l">
          <Section title="About it">
            <RunFacts run={run} />
          </Section>
          {semantics ? (
            <div className="border-b px-4 py-4 last:border-b-0 md:px-6">
              <SemanticsCard semantics={semantics} system={run.connection.name} />
            </div>
          ) : null}
        </div>
      </div>
      <RunHistory events={stream.events} state={stream.state} createdAt={run.createdAt} />
    </>
  )
}

/** What has been shown so far, large; with how long that took, and how long there is a way back. */
function Verdict({ run, now }: { run: RunDetail; now: number }) {
  const { headline, tone, firstActSeconds, verifiedSeconds, restoreUntil, createdAt, state } = run
  // A drill has clocks of its own, which begin when the cut is sent.
  const figures =
    run.kind === 'drill'
      ? []
      : [
          { label: 'first act', seconds: firstActSeconds },
          { label: 'proved', seconds: verifiedSeconds },
        ]
  return (
    <section
      aria-label="What has been shown"
      className="flex flex-wrap items-center gap-x-10 gap-y-4 border-b px-4 py-5 md:px-6"
    >
      <div className="flex min-w-0 flex-1 basis-80 flex-col items-start gap-1.5">
        <p role="status" className={cn('text-lg font-medium text-balance', toneInk[toneOf[tone]])}>
          {headline}
        </p>
        <VerdictMark verdict={{ of: 'run', effect: run.effect }} />
      </div>
      <dl className="flex gap-8">
        {figures.map(({ label, seconds }) => (
          <div key={label}>
            <dt className="text-xs text-ink-muted">{label}</dt>
            <dd className="tabular text-base font-medium">
              {seconds === null ? (
                <span className="font-normal text-ink-muted italic">{isEnded(state) ? 'never' : 'not yet'}</span>
              ) : (
                `after ${stopwatchWords(seconds)}`
              )}
            </dd>
          </div>
        ))}
      </dl>
      {restoreUntil && !isEnded(state) ? (
        <CountdownRing
          label={run.kind === 'rotation' ? 'The old one can come back for' : 'Can be restored for'}
          from={createdAt}
          until={restoreUntil}
          now={now}
          over="Could be restored until"
        />
      ) : null}
    </section>
  )
}

const liveWords: Record<StreamState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  away: 'Asked every 2 s',
  ended: 'Ended',
}

function LiveMark({ state, isFailing }: { state: StreamState; isFailing: boolean }) {
  const isLive = state === 'live'
  return (
    <span
      className={cn('ml-1 inline-flex items-center gap-1', isLive ? 'text-good-ink' : 'text-ink-muted')}
      title={isLive ? 'What happens comes by itself.' : 'The stream is tried again by itself. Nothing is lost.'}
    >
      <Radio className={cn(isLive && 'animate-pulse')} aria-hidden />
      {isFailing ? 'The server does not answer; shown is the last that was known' : liveWords[state]}
    </span>
  )
}
