'use client'

import Link from 'next/link'
import { GrantActions } from '@/components/grants/grant-actions'
import { GrantClock } from '@/components/grants/grant-clock'
import { durationWords, proofLabels } from '@/components/grants/grant-words'
import { Alert } from '@/components/ui/alert'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { breakGlassQuery } from '@/lib/break-glass/queries'
import type { UseDetail } from '@/lib/break-glass/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { UseBadge } from './break-glass-columns'
import { UseActions } from './use-actions'
import { UseReview } from './use-review'
import { UseSecrets } from './use-secrets'

interface UseScreenProps {
  orgId: string
  id: string
  first: ActionResult<UseDetail>
}

/** One use of break-glass: why, who has seen it, what was done, what it touched, and its review. */
export function UseScreen({ orgId, id, first }: UseScreenProps) {
  const { data, error, retry } = useLoaded(breakGlassQuery(orgId, id), first)
  if (!data) return <Refusal what="use of break-glass" error={error} onRetry={retry} />
  const { grant, deeds, isDrill, what, subject, reason, drillFailures, isOverdue } = data
  const { events } = grant
  return (
    <>
      <PageHeader
        title={`${isDrill ? 'Drill: ' : ''}${what} for ${subject}`}
        eyebrow={
          <Link href="/break-glass" className="hover:underline">
            Break-glass
          </Link>
        }
        actions={<UseBadge use={data} />}
      >
        {grant.state === 'active' ? (
          <>
            <GrantClock grant={grant} />.{' '}
          </>
        ) : null}
        {reason}
      </PageHeader>
      {isOverdue ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="danger" title="Its review is overdue">
            Until it is done, break-glass can only be used for a new incident of severity 1.
          </Alert>
        </div>
      ) : null}
      {drillFailures ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert
            tone={drillFailures.length === 0 ? 'good' : 'danger'}
            title={drillFailures.length === 0 ? 'The drill passed' : 'The drill failed'}
          >
            {drillFailures.length === 0
              ? 'The alert was seen in time, the access ended when it should, and the review came in time.'
              : drillFailures.join(' ')}
          </Alert>
        </div>
      ) : null}
      <UseActions orgId={orgId} use={data} />
      <GrantActions orgId={orgId} grant={grant} />
      {data.can.review ? <UseReview orgId={orgId} use={data} /> : null}
      <div className="grid border-b lg:grid-cols-2">
        <Section title="Facts" className="lg:border-b-0">
          <Facts use={data} />
        </Section>
        <Section title="The review" className="lg:border-l">
          <Reviewed use={data} />
        </Section>
      </div>
      <UseSecrets orgId={orgId} use={data} />
      <Section
        title="What was done meanwhile"
        detail={deeds ? formatCount(deeds.length, 'event') : undefined}
        className="border-b"
      >
        <Deeds use={data} />
      </Section>
      <Section title="What happened" detail={formatCount(events.length, 'line')}>
        <ol className="flex flex-col" aria-label="History of this use">
          {events.map(({ no, at, says }) => (
            <li
              key={no}
              className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3 border-b py-1 text-sm last:border-b-0 md:grid-cols-[2rem_15rem_minmax(0,1fr)]"
            >
              <span className="tabular text-right text-xs leading-5 text-ink-muted">{no}</span>
              <span className="text-xs leading-5 text-ink-muted">
                <RelativeTime at={at} hasTime />
              </span>
              <span className="col-start-2 min-w-0 break-words md:col-start-3">{says}</span>
            </li>
          ))}
        </ol>
      </Section>
    </>
  )
}

function Facts({ use }: { use: UseDetail }) {
  const { invoker, reference, incidentId, grant, skipped, seenBy, seenAt, escalatedAt, exception } = use
  const { endsAt, endedAt, proof, seconds } = grant
  const items = [
    { term: 'By', detail: invoker.name },
    { term: 'Begun', detail: <RelativeTime at={use.invokedAt} hasTime /> },
    { term: 'For how long', detail: durationWords(seconds) },
    {
      term: endedAt ? 'Ended' : 'Ends',
      detail: <RelativeTime at={endedAt ?? endsAt} never="counted from its beginning" hasTime isAhead={!endedAt} />,
    },
    ...(proof ? [{ term: 'Shown by', detail: proofLabels[proof] }] : []),
    ...(reference ? [{ term: 'Incident or ticket', detail: reference }] : []),
    ...(incidentId
      ? [
          {
            term: 'For',
            detail: (
              <Link href={`/incidents/${incidentId}`} className="text-accent-ink hover:underline">
                an incident
              </Link>
            ),
          },
        ]
      : []),
    {
      term: 'Not waited for',
      detail: exception
        ? 'One second person had to agree.'
        : skipped.map(({ name }) => name).join(', ') || 'nobody could',
    },
    {
      term: 'Seen by',
      detail: seenBy ? (
        <>
          {seenBy}, <RelativeTime at={seenAt} hasTime />
        </>
      ) : escalatedAt ? (
        'nobody; more people were told'
      ) : (
        'nobody yet'
      ),
    },
  ]
  return <DescriptionList items={items} />
}

function Reviewed({ use: { state, reviewer, reviewedAt, reviewDueAt, findings } }: { use: UseDetail }) {
  if (state === 'void')
    return <p className="text-sm text-ink-muted">Nothing was given, so there is nothing to review.</p>
  if (!findings)
    return (
      <p className="text-sm text-ink-muted">
        {reviewDueAt ? (
          <>
            Due <RelativeTime at={reviewDueAt} hasTime isAhead />, by somebody who had no part in it.
          </>
        ) : (
          'Within a day after its end, by somebody who had no part in it.'
        )}
      </p>
    )
  return (
    <DescriptionList
      items={[
        {
          term: 'By',
          detail: (
            <>
              {reviewer}, <RelativeTime at={reviewedAt} hasTime />
            </>
          ),
        },
        { term: 'Was it needed', detail: findings.necessity },
        { term: 'What was used', detail: findings.scope },
        { term: 'What was changed', detail: findings.changes },
        { term: 'What follows', detail: findings.followUp },
      ]}
    />
  )
}

function Deeds({ use: { deeds, decisions, invoker } }: { use: UseDetail }) {
  if (deeds === null)
    return <p className="text-sm text-ink-muted">Whoever may read the audit trail sees here what was done.</p>
  return (
    <div className="flex flex-col gap-2 text-sm">
      {deeds.length > 0 ? (
        <ul className="flex flex-col" aria-label="What was done meanwhile">
          {deeds.map((deed) => (
            <li
              key={`${deed.at} ${deed.what} ${deed.target}`}
              className="flex flex-wrap gap-x-3 border-b py-1 last:border-b-0"
            >
              <span className="text-xs leading-5 text-ink-muted md:w-60">
                <RelativeTime at={deed.at} hasTime />
              </span>
              <span className="font-mono text-xs leading-5">{deed.what}</span>
              <span className="min-w-0 break-words">{deed.target}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-ink-muted">{invoker.name} changed nothing here.</p>
      )}
      {decisions === null ? null : (
        <p className="text-ink-muted">
          {decisions === 0
            ? 'The decision point was asked nothing about it.'
            : `${formatCount(decisions, 'answer')} of the decision point about it, each marked in the log.`}
        </p>
      )}
    </div>
  )
}
