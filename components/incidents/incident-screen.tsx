'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { incidentQuery } from '@/lib/incidents/queries'
import type { GrantLine, IncidentDetail } from '@/lib/incidents/schema'
import { severityFacts } from '@/lib/incidents/values'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { IncidentActions } from './incident-actions'
import { SeverityBadge } from './incident-columns'
import { scopeWords } from './incident-words'

interface IncidentScreenProps {
  orgId: string
  id: string
  first: ActionResult<IncidentDetail>
}

/** One incident: how bad, how far, who commands; what it ended and why; what is for it; everything that happened. */
export function IncidentScreen({ orgId, id, first }: IncidentScreenProps) {
  const { data, error, retry } = useLoaded(incidentQuery(orgId, id), first)
  if (!data) return <Refusal what="incident" error={error} onRetry={retry} />
  const { title, state, severity, commander, declaredAt, isLooking, grants, drills, events, learned } = data
  return (
    <>
      <PageHeader
        title={title}
        eyebrow={
          <>
            <Link href="/incidents" className="hover:underline">
              Incidents
            </Link>
            <span aria-hidden>/</span>
            <SeverityBadge severity={severity} state={state} />
          </>
        }
        actions={
          state === 'open' ? (
            <Button asChild>
              <Link href={`/grants/new?incident=${id}`}>Ask for access for it</Link>
            </Button>
          ) : undefined
        }
      >
        <span aria-live="polite">
          {state === 'open' ? `Open. ${commander.name} commands. ` : 'Ended. '}
          {isLooking ? 'Open grants are being put to the policies again. ' : ''}
        </span>
        Declared <RelativeTime at={declaredAt} hasTime />.
      </PageHeader>
      <IncidentActions orgId={orgId} incident={data} />
      <div className="grid border-b lg:grid-cols-2">
        <Section title="Facts" className="lg:border-b-0">
          <DescriptionList
            items={[
              { term: 'Severity', detail: `${severityFacts[severity].label}. ${severityFacts[severity].says}` },
              { term: 'Reaches', detail: scopeWords(data) },
              { term: 'Commander', detail: commander.name },
              { term: 'Declared by', detail: data.declaredBy },
              ...(data.endedAt
                ? [
                    { term: 'Ended', detail: <RelativeTime at={data.endedAt} hasTime /> },
                    { term: 'Ended by', detail: data.endedBy ?? 'unknown' },
                    { term: 'What was learned', detail: <span className="whitespace-pre-line">{learned}</span> },
                  ]
                : []),
            ]}
          />
        </Section>
        <Section title="What happened" detail={formatCount(events.length, 'line')} className="lg:border-l">
          <ol className="flex flex-col" aria-label="History of this incident">
            {events.map(({ no, at, says }) => (
              <li
                key={no}
                className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3 border-b py-1 text-sm last:border-b-0 sm:grid-cols-[2rem_12rem_minmax(0,1fr)]"
              >
                <span className="tabular text-right text-xs leading-5 text-ink-muted">{no}</span>
                <span className="text-xs leading-5 text-ink-muted">
                  <RelativeTime at={at} hasTime />
                </span>
                <span className="min-w-0 break-words max-sm:col-start-2">{says}</span>
              </li>
            ))}
          </ol>
        </Section>
      </div>
      {grants ? (
        <>
          <Grants
            title="Grants that it ended"
            lines={grants.ended}
            empty={isLooking ? 'They are being looked at.' : 'None had to end.'}
          />
          <Grants title="Grants for it" lines={grants.asked} empty="Nobody has asked for access for it." />
        </>
      ) : (
        <Section title="Grants">
          <p className="text-sm text-ink-muted">Your role shows no grants.</p>
        </Section>
      )}
      {drills ? <Drills drills={drills} /> : null}
    </>
  )
}

const stateWords: Readonly<Record<string, string>> = {
  requested: 'waits for agreement',
  approved: 'agreed to, not begun',
  activating: 'being given',
  active: 'active',
  ending: 'being taken away',
  ended: 'ended, and seen to be gone',
  denied: 'ended before it began',
  lapsed: 'lapsed',
  withdrawn: 'taken back',
  refused: 'could not be given',
}

function Grants({ title, lines, empty }: { title: string; lines: readonly GrantLine[]; empty: string }) {
  return (
    <Section title={title} detail={lines.length > 0 ? formatCount(lines.length, 'grant') : undefined}>
      {lines.length === 0 ? (
        <p className="text-sm text-ink-muted">{empty}</p>
      ) : (
        <ul className="flex flex-col text-sm" aria-label={title}>
          {lines.map((grant) => (
            <li key={grant.id} className="flex flex-col gap-0.5 border-b py-2 last:border-b-0">
              <span className="flex flex-wrap justify-between gap-x-4">
                <Link href={`/grants/${grant.id}`} className="font-medium text-accent-ink hover:underline">
                  {grant.title}
                </Link>
                <span>{stateWords[grant.state] ?? grant.state}</span>
              </span>
              <span className="text-ink-muted">
                {grant.requester}: {grant.task}
              </span>
              {grant.why ? <span className="max-w-[72ch]">{grant.why}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

const verdictWords: Readonly<Record<string, string>> = {
  cut: 'cut in time',
  late: 'cut too late',
  leaked: 'not cut',
  not_testable: 'could not be tested',
}

/** Revocations that were rehearsed while it was open, and who lost access by them that must keep it. */
function Drills({ drills }: { drills: NonNullable<IncidentDetail['drills']> }) {
  const falseCuts = drills.reduce((sum, each) => sum + (each.falseCuts ?? 0), 0)
  return (
    <Section
      title="Drills while it was open"
      detail={
        drills.length > 0 ? `${formatCount(drills.length, 'run')}, ${formatCount(falseCuts, 'false cut')}` : undefined
      }
      actions={
        <Link href="/drills" className="text-sm text-accent-ink hover:underline">
          All drills
        </Link>
      }
    >
      {drills.length === 0 ? (
        <p className="text-sm text-ink-muted">No revocation was rehearsed.</p>
      ) : (
        <ul className="flex flex-col text-sm" aria-label="Drills while it was open">
          {drills.map(({ runId, name, verdict, falseCuts: lost, startedAt }) => (
            <li key={runId} className="flex flex-wrap justify-between gap-x-4 border-b py-1.5 last:border-b-0">
              <Link href={`/runs/${runId}`} className="font-medium text-accent-ink hover:underline">
                {name}
              </Link>
              <span>
                {verdict === null ? 'no verdict yet' : (verdictWords[verdict] ?? verdict)}
                {lost ? <span className="text-danger-ink">, {formatCount(lost, 'false cut')}</span> : null}
                <RelativeTime at={startedAt} className="ml-3 text-ink-muted" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
