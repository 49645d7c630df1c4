'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { FailedState, ForbiddenState } from '@/components/ui/state-block'
import { applyImport, discardImport } from '@/lib/connections/actions'
import { importQuery, isUnderWay } from '@/lib/connections/queries'
import { paceOf } from '@/lib/connections/rules'
import type { ImportDetail } from '@/lib/connections/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatNumber } from '@/lib/platform/browser/format'
import { ChangeTable } from './change-table'
import { ImportFiles } from './import-files'
import { badgeOf, cautions, countGone, sentence, summarise, summariseRecords, titleOf } from './words'

export interface ImportRunScreenProps {
  orgId: string
  id: string
  initial: ActionResult<ImportDetail>
}

/** One import: what it would do, the way to do it, how far it is, what it did. */
export function ImportRunScreen({ orgId, id, initial }: ImportRunScreenProps) {
  const {
    data: run,
    error,
    refetch,
  } = useQuery({
    ...importQuery(orgId, id),
    ...(initial.ok ? { initialData: initial.data } : { retry: false }),
  })
  if (!run) {
    const failure = initial.ok ? undefined : initial.error
    if (failure?.code === 'forbidden')
      return (
        <ForbiddenState isPage title="You may not see this import">
          {failure.message}
        </ForbiddenState>
      )
    return (
      <FailedState
        isPage
        title="The import could not be read"
        requestId={failure?.reference}
        actions={<Button onClick={() => refetch()}>Try again</Button>}
      >
        {error?.message ?? failure?.message}
      </FailedState>
    )
  }
  const warnings =
    run.status === 'refused' || run.status === 'discarded' ? [] : cautions(run.files, run.status === 'applied')
  return (
    <>
      <PageHeader
        title={titleOf(run)}
        eyebrow={
          <>
            <Link href="/import" className="hover:underline">
              Import
            </Link>
            <span aria-hidden>/</span>
            <StateBadge {...badgeOf(run)} />
            <span>
              by {run.createdBy}, <RelativeTime at={run.createdAt} />
            </span>
          </>
        }
        actions={<RunActions orgId={orgId} run={run} />}
      >
        <span aria-live="polite">{sentence(run)}</span>
        {warnings.map((warning) => (
          <span key={warning} className="mt-1 flex items-center gap-1.5 text-warning-ink">
            <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
            {warning}
          </span>
        ))}
      </PageHeader>
      {isUnderWay(run.status) ? <RunProgress run={run} /> : null}
      {run.needsConsent && run.status === 'previewed' ? (
        <div className="px-4 pt-4 md:px-6">
          <Alert
            tone="warning"
            title={`${Math.round(run.vanishedShare * 100)} % of what this source held is not in the file`}
          >
            If the export was cut or belongs to something else, discard this import. If so much is really gone, apply
            with consent.
          </Alert>
        </div>
      ) : null}
      {run.status !== 'refused' ? (
        <Section title={run.status === 'applied' ? 'What changed' : 'What would change'}>
          <ChangeTable changes={run.changes} isDone={run.status === 'applied'} />
        </Section>
      ) : null}
      <ImportFiles orgId={orgId} run={run} />
    </>
  )
}

function RunProgress({ run }: { run: ImportDetail }) {
  const { progress } = run
  return (
    <div className="px-4 pt-4 md:px-6">
      <Progress
        label={progress?.phase ?? 'Waiting for the worker'}
        value={progress?.done ?? 0}
        max={progress?.total ?? 1}
        isIndeterminate={!progress || progress.done >= progress.total || progress.total <= 1}
        detail={progress && progress.total > 1 ? progressText(progress) : undefined}
      />
    </div>
  )
}

/** `412,000 of 1,000,000 · 24,100 a second · about 25 s left`. */
function progressText(progress: NonNullable<ImportDetail['progress']>): string {
  const pace = paceOf(progress)
  const counted = `${formatNumber(progress.done)} of ${formatNumber(progress.total)}`
  if (!pace) return counted
  return `${counted} · ${formatNumber(Math.round(pace.perSecond))} a second · about ${formatNumber(pace.secondsLeft)} s left`
}

function RunActions({ orgId, run }: { orgId: string; run: ImportDetail }) {
  const queries = useQueryClient()
  const take = async (answer: ReturnType<typeof applyImport>) => {
    queries.setQueryData(['imports', orgId, run.id], await takeResult(answer))
    await queries.invalidateQueries({ queryKey: ['imports', orgId, 'list'] })
  }
  if (run.status === 'applied') {
    return (
      <Button asChild variant="primary">
        <Link href="/inventory">Open the inventory</Link>
      </Button>
    )
  }
  const what = summarise(run.changes)
  const isIdle = run.status === 'previewed' && what === 'no change'
  const label = run.status !== 'previewed' ? 'Apply again' : isIdle ? 'Apply (no change)' : `Apply ${what}`
  const warnings = cautions(run.files, false)
  return (
    <>
      {run.can.discard ? (
        <ConfirmDialog
          trigger={<Button>Discard</Button>}
          title="Throw this preview away?"
          confirmLabel="Discard preview"
          onConfirm={() => take(discardImport({ id: run.id }))}
        >
          <p>
            What was read from the files is forgotten. The entry stays in the history, and you can upload the files
            again.
          </p>
        </ConfirmDialog>
      ) : null}
      {run.can.apply ? (
        <ConfirmDialog
          trigger={<Button variant={isIdle ? 'secondary' : 'primary'}>{label}</Button>}
          title={isIdle ? 'Apply without any change?' : `Apply ${summariseRecords(run.changes)}?`}
          confirmLabel={run.needsConsent ? `${label}, and mark the rest gone` : label}
          tone={run.needsConsent ? 'danger' : 'accent'}
          onConfirm={() => take(applyImport({ id: run.id, acceptVanished: run.needsConsent }))}
        >
          {warnings.length > 0 ? (
            <Alert tone="warning">
              {warnings.map((warning) => (
                <p key={warning}>{warning}</p>
              ))}
            </Alert>
          ) : null}
          <p>
            {isIdle
              ? 'Everything is known already. Applying only notes that the source was read again.'
              : 'All of it is kept or, if anything fails, nothing.'}
            {countGone(run.changes) > 0
              ? ' What is marked gone stays in the history and comes back when a later import names it.'
              : ''}
          </p>
        </ConfirmDialog>
      ) : null}
      {isIdle ? (
        <Button asChild variant="primary">
          <Link href="/import">Done</Link>
        </Button>
      ) : null}
    </>
  )
}
