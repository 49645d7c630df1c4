'use client'

import { useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { cancelSync, syncConnection, updateConnection } from '@/lib/connections/actions'
import type { Connection, SyncRun, SystemList } from '@/lib/connections/live'
import { connectionQuery, isUnderWay } from '@/lib/connections/queries'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { RemoveConnection } from './remove-connection'
import { SyncHistory } from './sync-history'
import { intervalWords, paceWords, syncBadge } from './sync-words'
import { evidenceWords, SemanticsCards } from './system-cards'
import { RightsList } from './test-report'

export interface ConnectionScreenProps {
  orgId: string
  id: string
  connection: ActionResult<Connection>
  systems: ActionResult<SystemList>
}

/** One connection: how fresh it is, what it may do, what revoking means there, and its syncs. */
export function ConnectionScreen({ orgId, id, connection: first, systems }: ConnectionScreenProps) {
  const { data, error, retry } = useLoaded(connectionQuery(orgId, id), first)
  if (!data) return <Refusal what="connection" error={error} onRetry={retry} />
  const system = systems.ok ? systems.data.items.find((each) => each.id === data.connector) : undefined
  const { lastRun } = data
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
            {lastRun ? <StateBadge {...syncBadge(lastRun)} /> : null}
          </>
        }
        actions={<Actions orgId={orgId} connection={data} />}
      >
        The inventory of this source is as of <RelativeTime at={data.asOf} never="never: nothing was read yet" />.
      </PageHeader>
      {lastRun && isUnderWay(lastRun.status) ? <Running run={lastRun} /> : null}
      {lastRun ? <LastRunAlert run={lastRun} /> : null}
      <Section title="Settings">
        <DescriptionList
          items={[
            {
              term: 'System',
              detail: `${data.systemTitle}${data.evidence ? ` · ${evidenceWords(data.evidence)}` : ''}`,
            },
            { term: 'Source', detail: data.instance },
            ...Object.entries(data.config).map(([name, value]) => ({ term: name, detail: String(value) })),
            {
              term: 'Secrets',
              detail: data.secretFields.length > 0 ? `${data.secretFields.join(', ')}: stored encrypted` : 'none',
            },
            { term: 'Environment', detail: data.environment ?? 'as the source says' },
            { term: 'Answers for it', detail: data.owner?.label ?? 'Nobody answers for it' },
            { term: 'Sync', detail: data.status === 'paused' ? 'paused' : intervalWords(data.intervalMinutes) },
            { term: 'Added by', detail: data.createdBy },
          ]}
        />
      </Section>
      <Section title="What it may do">
        {data.rights ? (
          <RightsList rights={data.rights} />
        ) : (
          <p className="text-sm text-ink-muted">Not known yet: the first sync finds out.</p>
        )}
      </Section>
      {system ? (
        <Section title="What revoking does there">
          <SemanticsCards system={system} />
        </Section>
      ) : null}
      <SyncHistory orgId={orgId} id={id} lastRun={lastRun} />
    </>
  )
}

function Running({ run }: { run: SyncRun }) {
  const { progress } = run
  return (
    <div className="px-4 pt-4 md:px-6">
      <Progress
        label={run.isCancelling ? 'Stopping' : (progress?.phase ?? 'Waiting for the worker')}
        value={progress?.done ?? 0}
        max={progress?.total ?? 1}
        isIndeterminate={!progress?.total || progress.done >= progress.total}
        detail={progress ? paceWords(progress) : undefined}
      />
    </div>
  )
}

function LastRunAlert({ run }: { run: SyncRun }) {
  if (run.status === 'failed')
    return (
      <div className="px-4 pt-4 md:px-6">
        <Alert tone="danger" title="The last sync failed. The inventory is as it was before.">
          {run.error}
        </Alert>
      </div>
    )
  if (run.status === 'previewed')
    return (
      <div className="px-4 pt-4 md:px-6">
        <Alert
          tone="warning"
          title="More than 20 % of what this source held was not there any more"
          actions={
            <Button asChild>
              <Link href={`/import/${run.id}`}>See what would be gone</Link>
            </Button>
          }
        >
          Nothing was changed. If so much is really gone, a person has to say so.
        </Alert>
      </div>
    )
  if (run.status !== 'applied' || !run.isPartial) return null
  return (
    <div className="px-4 pt-4 md:px-6">
      <Alert tone="warning" title="The last sync read the source in part, so nothing was marked gone">
        {run.error ? <p>{run.error}</p> : null}
        {run.skipped.slice(0, 10).map(({ scope, reason }) => (
          <p key={`${scope} ${reason}`}>
            {scope}: {reason}
          </p>
        ))}
      </Alert>
    </div>
  )
}

function Actions({ orgId, connection }: { orgId: string; connection: Connection }) {
  const queries = useQueryClient()
  const { id, can, lastRun, status } = connection
  const act = async (work: Promise<ActionResult<unknown>>, done: string) => {
    try {
      await takeResult(work)
      notifyDone(done)
    } catch (error) {
      notifyFailed(error instanceof Error ? error.message : 'It could not be done.')
    }
    await queries.invalidateQueries({ queryKey: ['connections', orgId] })
  }
  const isRunning = lastRun !== null && isUnderWay(lastRun.status)
  const isPaused = status === 'paused'
  return (
    <>
      {can.delete && !isRunning ? <RemoveConnection orgId={orgId} connection={connection} /> : null}
      {can.update ? (
        <Button
          onClick={() =>
            act(
              updateConnection({ id, status: isPaused ? 'active' : 'paused' }),
              isPaused ? 'Syncs come by themselves again' : 'Paused: no sync comes by itself',
            )
          }
        >
          {isPaused ? 'Take up again' : 'Pause'}
        </Button>
      ) : null}
      {isRunning && can.cancel ? (
        <Button
          isPending={lastRun.isCancelling}
          onClick={() => act(cancelSync({ id: lastRun.id }), 'The sync is being stopped')}
        >
          Stop the sync
        </Button>
      ) : null}
      {can.sync && !isRunning ? (
        <Button variant="primary" onClick={() => act(syncConnection({ id }), 'A sync was queued')}>
          Sync now
        </Button>
      ) : null}
    </>
  )
}
