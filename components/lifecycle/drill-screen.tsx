'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Pencil, Play, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { lazy, Suspense, useState } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { identityHref } from '@/lib/identities/rules'
import { deleteDrill } from '@/lib/lifecycle/actions'
import { drillQuery } from '@/lib/lifecycle/drill-queries'
import type { Drill } from '@/lib/lifecycle/drills'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { drillRunColumns } from './drill-columns'
import { chosenSays, everySays, hopLabels, modeLabels, modeSays } from './drill-words'

const DrillForm = lazy(() => import('./drill-form').then((module) => ({ default: module.DrillForm })))
const DrillStart = lazy(() => import('./drill-start').then((module) => ({ default: module.DrillStart })))

interface DrillScreenProps {
  orgId: string
  id: string
  first: ActionResult<Drill>
}

/** One drill: what it is about, and what each of its runs has shown. */
export function DrillScreen({ orgId, id, first }: DrillScreenProps) {
  const router = useRouter()
  const queries = useQueryClient()
  const { data, error, retry } = useLoaded(drillQuery(orgId, id), first)
  const [asked, setAsked] = useState<'start' | 'change' | 'delete'>()
  const close = () => setAsked(undefined)
  if (!data) return <Refusal what="drill" error={error} onRetry={retry} />
  const { can, name, mode, runs, problem } = data
  return (
    <>
      <PageHeader
        title={name}
        eyebrow={
          <>
            <Link href="/drills" className="hover:underline">
              Drills
            </Link>
            <span aria-hidden>/</span>
            {modeLabels[mode]}
          </>
        }
        actions={
          <>
            {can.delete ? (
              <Button variant="ghost" icon={<Trash2 aria-hidden />} onClick={() => setAsked('delete')}>
                Delete
              </Button>
            ) : null}
            {can.update ? (
              <Button icon={<Pencil aria-hidden />} onClick={() => setAsked('change')}>
                Change
              </Button>
            ) : null}
            {can.start ? (
              <Button variant="primary" icon={<Play aria-hidden />} onClick={() => setAsked('start')}>
                Begin
              </Button>
            ) : null}
          </>
        }
      >
        {modeSays[mode]}
      </PageHeader>
      {problem ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="danger" title="It could not begin by itself">
            {problem}
          </Alert>
        </div>
      ) : null}
      <Section title="What is planned">
        <Plan drill={data} />
      </Section>
      <Section title="Runs" detail={runs.length > 0 ? 'newest first' : undefined}>
        <DataTable
          label="Runs of this drill"
          className="-mx-4 md:-mx-6"
          columns={drillRunColumns}
          rows={runs}
          rowId={(row) => row.runId}
          rowName={(row) => row.identity.name}
          rowHref={(row) => `/runs/${row.runId}`}
          empty={<EmptyState title="It was never begun">Nothing is known yet of how long this takes.</EmptyState>}
        />
      </Section>
      <Suspense fallback={null}>
        {asked === 'start' ? <DrillStart orgId={orgId} drill={data} onClose={close} /> : null}
        {asked === 'change' ? <DrillForm orgId={orgId} drill={data} onClose={close} /> : null}
      </Suspense>
      {asked === 'delete' ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : close())}
          title={`Delete ${name}?`}
          confirmLabel="Delete the drill"
          tone="danger"
          onConfirm={async () => {
            await takeResult(deleteDrill({ id }))
            await queries.invalidateQueries({ queryKey: ['lifecycle', orgId, 'drills'], exact: true })
            router.push('/drills')
          }}
        >
          <p>It begins no more. What its runs have shown stays, in the list of runs and in the coverage.</p>
        </ConfirmDialog>
      ) : null}
    </>
  )
}

function Plan({ drill }: { drill: Drill }) {
  const {
    target,
    hops,
    withinSeconds,
    waitSeconds,
    keepers,
    stopsOnFalseCut,
    unansweredTries,
    everyDays,
    nextAt,
    createdBy,
    mode,
  } = drill
  const stops = [
    ...(stopsOnFalseCut ? ['when somebody loses access who must keep it'] : []),
    `after ${unansweredTries} tries in a row without an answer`,
  ]
  return (
    <DescriptionList
      items={[
        {
          term: 'Whose access',
          detail:
            target.kind === 'identities' ? (
              <Names of={target.identities} />
            ) : (
              <>
                {target.count} of{' '}
                <Link
                  href={`/connections/${target.connection.id}`}
                  className="text-accent-ink underline underline-offset-2"
                >
                  {target.connection.name}
                </Link>
                , those drilled longest ago first
              </>
            ),
        },
        { term: 'Tried', detail: hops.map((hop) => hopLabels[hop]).join(', ') },
        {
          term: 'Expected',
          detail: `ended within ${chosenSays(withinSeconds)}; tried for at most ${chosenSays(waitSeconds)}`,
        },
        {
          term: 'Keep access',
          detail: keepers.length > 0 ? <Names of={keepers} /> : <span className="text-ink-muted">nobody is named</span>,
        },
        ...(mode === 'tabletop' ? [] : [{ term: 'Stops', detail: stops.join(', or ') }]),
        {
          term: 'Begins',
          detail: nextAt ? (
            <>
              {everySays(everyDays)}, the next time <RelativeTime at={nextAt} />
            </>
          ) : (
            everySays(everyDays)
          ),
        },
        { term: 'Planned by', detail: createdBy },
      ]}
    />
  )
}

function Names({ of }: { of: { id: string; name: string }[] }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {of.map(({ id, name }) => (
        <Link key={id} href={identityHref(id)} className="text-accent-ink underline-offset-2 hover:underline">
          {name}
        </Link>
      ))}
    </span>
  )
}
