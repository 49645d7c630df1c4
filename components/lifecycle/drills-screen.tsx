'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { lazy, Suspense, useState } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import { drillCoverageQuery, drillListQuery } from '@/lib/lifecycle/drill-queries'
import type { Drill, DrillCoverage, DrillList } from '@/lib/lifecycle/drills'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { drillColumns } from './drill-columns'
import { DrillCoverageSection, RevokeTimes } from './drill-coverage'
import type { ChosenIdentity } from './identity-picker'
import { LifecycleTabs } from './lifecycle-tabs'

const loadForm = () => import('./drill-form').then((module) => ({ default: module.DrillForm }))
const DrillForm = lazy(loadForm)

interface DrillsScreenProps {
  orgId: string
  first: ActionResult<DrillList>
  firstCoverage: ActionResult<DrillCoverage>
}

const noRows: Drill[] = []

/** The catalogue of drills, whose access was measured lately, and how long it took to end. */
export function DrillsScreen({ orgId, first, firstCoverage }: DrillsScreenProps) {
  const router = useRouter()
  const { data, error, retry } = useLoaded(drillListQuery(orgId), first)
  const coverage = useQuery({
    ...drillCoverageQuery(orgId),
    initialData: firstCoverage.ok ? firstCoverage.data : undefined,
  })
  const [planning, setPlanning] = useState<{ about?: ChosenIdentity }>()
  const plan = data?.can.create ? (about?: ChosenIdentity) => setPlanning(about ? { about } : {}) : undefined
  return (
    <>
      <PageHeader
        title="Drills"
        tabs={<LifecycleTabs orgId={orgId} />}
        actions={
          plan ? (
            <Button
              variant="primary"
              icon={<Plus aria-hidden />}
              onPointerEnter={() => void loadForm()}
              onClick={() => plan()}
            >
              Plan a drill
            </Button>
          ) : null
        }
      >
        Cuts that are rehearsed and timed by real logins, so that you know how long one takes before you need it.
      </PageHeader>
      {!data ? (
        <Refusal what="drills" error={error} onRetry={retry} />
      ) : (
        <DataTable
          label="Drills"
          columns={drillColumns}
          rows={data.items.length > 0 ? data.items : noRows}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          rowHref={(row) => `/drills/${row.id}`}
          empty={
            <EmptyState
              title="No drill is planned yet"
              actions={
                plan ? (
                  <Button variant="primary" onClick={() => plan()}>
                    Plan a drill
                  </Button>
                ) : undefined
              }
            >
              A canary drill touches nothing that people use, and shows in a few seconds how long a cut takes.
            </EmptyState>
          }
        />
      )}
      {coverage.data ? (
        <>
          <DrillCoverageSection coverage={coverage.data} onPlan={plan} />
          <RevokeTimes times={coverage.data.times} days={coverage.data.days} />
        </>
      ) : coverage.error && data ? (
        <Section title="Coverage">
          <p className="text-sm text-ink-muted">{coverage.error.message}</p>
        </Section>
      ) : null}
      {planning ? (
        <Suspense fallback={null}>
          <DrillForm
            orgId={orgId}
            about={planning.about}
            onClose={() => setPlanning(undefined)}
            onSaved={(drill) => router.push(`/drills/${drill.id}`)}
          />
        </Suspense>
      ) : null}
    </>
  )
}
