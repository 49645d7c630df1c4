'use client'

import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { grantQuery } from '@/lib/grants/queries'
import type { GrantDetail } from '@/lib/grants/schema'
import type { AskableRole } from '@/lib/grants/values'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { GrantActions } from './grant-actions'
import { GrantClock } from './grant-clock'
import { grantTitle } from './grant-columns'
import { GrantImpact } from './grant-impact'
import { GrantReplaces } from './grant-replaces'
import {
  durationWords,
  endLabels,
  modeLabels,
  overrunWords,
  proofLabels,
  rightLabels,
  roleSays,
  stateLabels,
  tierLabels,
  timesWords,
} from './grant-words'

interface GrantScreenProps {
  orgId: string
  id: string
  first: ActionResult<GrantDetail>
}

/** One grant: what it gives, who agreed, what is left of it, and everything that happened. */
export function GrantScreen({ orgId, id, first }: GrantScreenProps) {
  const { data, error, retry } = useLoaded(grantQuery(orgId, id), first)
  if (!data) return <Refusal what="grant" error={error} onRetry={retry} />
  const { state, task, problem, overrunSeconds, events, rights } = data
  return (
    <>
      <PageHeader
        title={grantTitle(data)}
        eyebrow={
          <>
            <Link href="/grants" className="hover:underline">
              Access
            </Link>
            <span aria-hidden>/</span>
            {modeLabels[data.mode]}
          </>
        }
      >
        <span aria-live="polite">{stateLabels[state]}.</span> <GrantClock grant={data} /> {task}
      </PageHeader>
      {overrunSeconds > 0 ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="danger" title={`It outlived its end by ${overrunWords(overrunSeconds)}`}>
            {state === 'ended' ? 'It is gone by now.' : (problem ?? 'It is tried again by itself.')}
          </Alert>
        </div>
      ) : problem ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="warning" title={state === 'refused' ? 'It could not be given' : 'Something needs a look'}>
            {problem}
          </Alert>
        </div>
      ) : null}
      <GrantActions orgId={orgId} grant={data} />
      <div className="grid border-b lg:grid-cols-2">
        <Section title="What it gives" detail={formatCount(rights.length, 'right')} className="lg:border-b-0">
          <ul className="flex flex-col text-sm" aria-label="Rights">
            {rights.map((right) => (
              <li key={right.no} className="flex flex-col gap-0.5 border-b py-1.5 last:border-b-0">
                <span className="flex flex-wrap justify-between gap-x-3">
                  <span className="font-medium">
                    {right.scopes.length > 0 ? `${right.scopes.join(', ')} on ${right.name}` : right.name}
                  </span>
                  {/* Nothing is given at a source there: its state is that of the grant. */}
                  {data.mode !== 'provisioned' ? null : <span>{rightLabels[right.state]}</span>}
                </span>
                {right.says ? <span className="text-ink-muted">{right.says}</span> : null}
              </li>
            ))}
          </ul>
        </Section>
        <Section
          title={data.replaces.length > 0 ? 'What it takes the place of' : 'What it adds'}
          className="lg:border-l"
        >
          {data.replaces.length > 0 ? <GrantReplaces replaces={data.replaces} /> : null}
          {data.mode === 'console' ? (
            <p className="text-sm">
              {roleSays[rights[0]?.ref as AskableRole] ?? 'What the role may do in this organization.'} This is beside
              what {data.subject.name} may do anyway.
            </p>
          ) : (
            <GrantImpact impact={data.impact} />
          )}
        </Section>
      </div>
      <div className="grid border-b lg:grid-cols-2">
        <Section title="Facts" className="lg:border-b-0">
          <Facts grant={data} />
        </Section>
        <Section
          title="Who agreed"
          detail={data.preapproved === null ? `${data.needed} needed` : 'nobody needed'}
          className="lg:border-l"
        >
          <Agreed grant={data} />
        </Section>
      </div>
      <Section title="What happened" detail={formatCount(events.length, 'line')}>
        <ol className="flex flex-col" aria-label="History of this grant">
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

function Facts({ grant }: { grant: GrantDetail }) {
  const { uses, usesLeft } = grant
  const { subject, requester, seconds, tier, ticket, startedAt, endsAt, endedAt, endReason, proof, parentId } = grant
  const items = [
    {
      term: 'For',
      detail:
        subject.kind === 'identity' ? (
          <Link href={`/inventory/${subject.id}`} className="text-accent-ink hover:underline">
            {subject.name}
          </Link>
        ) : (
          subject.name
        ),
    },
    { term: 'Asked for by', detail: requester.name },
    { term: 'For how long', detail: durationWords(seconds) },
    ...(uses === null
      ? []
      : [{ term: 'How often', detail: `${timesWords(uses)}, ${usesLeft === 0 ? 'all used' : `${usesLeft} left`}` }]),
    { term: 'Weight', detail: tierLabels[tier] },
    { term: 'Ticket', detail: ticket ?? 'none' },
    ...incidentFacts(grant),
    { term: 'Began', detail: startedAt ? <RelativeTime at={startedAt} hasTime /> : 'not yet' },
    {
      term: endedAt ? 'Would have ended' : 'Ends',
      detail: endsAt ? <RelativeTime at={endsAt} hasTime isAhead /> : 'counted from its beginning',
    },
    ...(endedAt && endReason
      ? [
          { term: 'Ended', detail: <RelativeTime at={endedAt} hasTime /> },
          { term: 'Because', detail: endLabels[endReason] },
          { term: 'Shown by', detail: proof ? proofLabels[proof] : 'nothing' },
        ]
      : []),
    ...(parentId
      ? [
          {
            term: 'Follows on',
            detail: (
              <Link href={`/grants/${parentId}`} className="text-accent-ink hover:underline">
                an earlier grant
              </Link>
            ),
          },
        ]
      : []),
  ]
  return <DescriptionList items={items} />
}

function incidentFacts({ incidentId, endedByIncident }: GrantDetail) {
  const link = (id: string) => (
    <Link href={`/incidents/${id}`} className="text-accent-ink hover:underline">
      an incident
    </Link>
  )
  return [
    ...(incidentId ? [{ term: 'Asked for', detail: link(incidentId) }] : []),
    ...(endedByIncident ? [{ term: 'Ended by', detail: link(endedByIncident) }] : []),
  ]
}

function Agreed({ grant: { approvals, state, lapsesAt, preapproved } }: { grant: GrantDetail }) {
  if (preapproved !== null)
    return (
      <p className="text-sm">
        A policy, beforehand: it weighs little, is short, and has a ticket. Decision{' '}
        <span className="break-all font-mono text-xs">{preapproved}</span>.
      </p>
    )
  if (approvals.length === 0)
    return (
      <p className="text-sm text-ink-muted">
        {state === 'requested' ? 'Nobody yet. It lapses ' : 'Nobody did.'}
        {state === 'requested' ? <RelativeTime at={lapsesAt} isAhead /> : null}
      </p>
    )
  return (
    <DescriptionList
      items={approvals.map(({ name, verdict, isOutside, note, at }) => ({
        term: name,
        detail: (
          <>
            {verdict === 'approved' ? 'agreed' : 'said no'} <RelativeTime at={at} hasTime />
            {isOutside ? '' : ', of the same group as whoever asked'}
            {note ? <span className="block text-ink-muted">{note}</span> : null}
          </>
        ),
      }))}
    />
  )
}
