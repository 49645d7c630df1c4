'use client'

import Link from 'next/link'
import { DescriptionList } from '@/components/ui/description-list'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Connection, LiveSystem, SyncRun, SystemList } from '@/lib/connections/live'
import { connectionQuery } from '@/lib/connections/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { useNow } from '@/lib/platform/browser/use-now'
import { ConnectionActions } from './connection-actions'
import { LastRunAlert, RunningSync } from './last-sync'
import { skippedByReason } from './skipped'
import { SyncHistory } from './sync-history'
import { choiceWords, intervalWords, syncBadge } from './sync-words'
import { evidenceWords, ReadingWords, SemanticsCards } from './system-cards'
import { RightsList } from './test-report'

export interface ConnectionScreenProps {
  orgId: string
  id: string
  connection: ActionResult<Connection>
  systems: ActionResult<SystemList>
}

/** One connection: how fresh it is, its syncs, what it may do, what revoking means there, and how it signs in. */
export function ConnectionScreen({ orgId, id, connection: first, systems }: ConnectionScreenProps) {
  const { data, error, retry } = useLoaded(connectionQuery(orgId, id), first)
  if (!data) return <Refusal what="connection" error={error} onRetry={retry} />
  const system = systems.ok ? systems.data.items.find((each) => each.id === data.connector) : undefined
  const { lastRun, sourceId } = data
  return (
    <>
      <PageHeader
        title={data.name}
        eyebrow={
          <>
            <Link href="/connections" className="hover:underline">
              Connections
            </Link>
            <span aria-hidden>/</span>
            {data.systemTitle}
            {lastRun ? <StateBadge {...syncBadge(lastRun)} className="ml-1" /> : null}
          </>
        }
        actions={
          <ConnectionActions orgId={orgId} connection={data} canReadChanges={system?.reading.changesOnly === true} />
        }
      >
        The inventory of this source is <Freshness connection={data} />
        {sourceId ? (
          <>
            {' · '}
            <Link href={`/inventory?source=${sourceId}`} className="text-accent-ink hover:underline">
              its identities
            </Link>
          </>
        ) : null}
      </PageHeader>
      {lastRun ? <RunningSync run={lastRun} /> : null}
      {lastRun ? <LastRunAlert run={lastRun} /> : null}
      <Section title="At a glance">
        <DescriptionList
          layout="columns"
          items={[
            { term: 'Next sync', detail: <NextSync connection={data} /> },
            { term: 'Schedule', detail: intervalWords(data.intervalMinutes) },
            ...(system ? [{ term: 'Each sync reads', detail: <WhatIsRead system={system} connection={data} /> }] : []),
            { term: 'Owner', detail: data.owner?.label ?? <Absent>nobody yet</Absent> },
            { term: 'Environment', detail: data.environment ?? <Absent>as the source says</Absent> },
            { term: 'Source', detail: data.instance },
            ...leftOut(lastRun),
          ]}
        />
      </Section>
      <SyncHistory orgId={orgId} id={id} lastRun={lastRun} />
      <div className="grid border-b lg:grid-cols-2">
        <Section
          title="What its account may do"
          detail={data.rightsAt ? <RelativeTime at={data.rightsAt} /> : undefined}
          className="lg:border-b-0"
        >
          {data.rights ? (
            <RightsList rights={data.rights} />
          ) : (
            <p className="text-sm text-ink-muted">Not known yet: the first sync finds out.</p>
          )}
        </Section>
        <Section title="How it signs in" className="lg:border-l">
          <DescriptionList items={settingsOf(data, system)} />
        </Section>
      </div>
      {system ? (
        <>
          <Section title="What a sync reads">
            <ReadingWords reading={system.reading} />
          </Section>
          <Section title={`What revoking does in ${system.title}`}>
            <SemanticsCards system={system} />
          </Section>
        </>
      ) : null}
    </>
  )
}

/** What the last sync did not look at; the sync's details say why. */
function leftOut(run: SyncRun | null) {
  const parts = run?.status === 'applied' && !run.isPartial ? skippedByReason(run.skipped) : []
  if (parts.length === 0) return []
  const detail = parts.map(({ reason, scopes }) => (
    <p key={reason}>
      {scopes} <span className="block text-xs text-ink-muted">{reason}</span>
    </p>
  ))
  return [{ term: 'Not looked at, and left as it was', detail }]
}

function Freshness({ connection: { asOf } }: { connection: Connection }) {
  if (asOf === null) return 'empty: nothing was read yet'
  return (
    <>
      as of <RelativeTime at={asOf} />
    </>
  )
}

function WhatIsRead({ system, connection }: { system: LiveSystem; connection: Connection }) {
  if (!system.reading.changesOnly) return 'everything'
  return (
    <>
      what changed
      <span className="block text-xs text-ink-muted">
        {connection.readAllAt === null ? (
          'everything not yet'
        ) : (
          <>
            everything as of <RelativeTime at={connection.readAllAt} />
          </>
        )}
      </span>
    </>
  )
}

function Absent({ children }: { children: string }) {
  return <span className="text-ink-muted">{children}</span>
}

function NextSync({ connection: { status, nextSyncAt } }: { connection: Connection }) {
  const now = useNow()
  if (status === 'paused') return <Absent>paused</Absent>
  if (nextSyncAt === null) return <Absent>when somebody asks</Absent>
  return Date.parse(nextSyncAt) <= now ? 'within a minute' : <RelativeTime at={nextSyncAt} isAhead />
}

function settingsOf(connection: Connection, system: LiveSystem | undefined) {
  const { config, secretFields, systemTitle, evidence, createdBy } = connection
  const titleOf = (name: string) => system?.fields.find((field) => field.name === name)?.title ?? name
  return [
    { term: 'System', detail: `${systemTitle}${evidence ? ` · ${evidenceWords(evidence)}` : ''}` },
    ...Object.entries(config)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => ({
        term: titleOf(name),
        detail: name.endsWith('Pem') ? (
          'given'
        ) : (
          <span className="break-words">{choiceWords(name, String(value))}</span>
        ),
      })),
    ...secretFields.map((name) => ({ term: titleOf(name), detail: <Absent>stored encrypted, never shown</Absent> })),
    { term: 'Added by', detail: createdBy },
  ]
}
