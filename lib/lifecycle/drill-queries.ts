import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { Drill, DrillCoverage, DrillList, DrillPreview, DrillResult } from './drills'
import { isEnded } from './queries'

const isOpen = (drill: Drill | undefined) => drill?.runs.some(({ state }) => !isEnded(state)) === true

export const drillListQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'drills'],
    queryFn: ({ signal }) => apiFetch('/api/v1/drills', { schema: DrillList, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isOpen) ? 2000 : 30_000),
  })

export const drillQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'drills', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/drills/${id}`, { schema: Drill, signal }),
    refetchInterval: ({ state }) => (isOpen(state.data) ? 2000 : 30_000),
  })

/** What beginning it now would do; of a live drill the sources are asked who is signed in. */
export const drillPreviewQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'drills', id, 'preview'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/drills/${id}/preview`, { schema: DrillPreview, signal }),
    gcTime: 0,
    retry: false,
  })

/** What a run of a drill has shown. While it goes on it is asked again with each line of the run's stream. */
export const drillResultQuery = (orgId: string, runId: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'drill-results', runId],
    queryFn: ({ signal }) => apiFetch(`/api/v1/runs/${runId}/drill`, { schema: DrillResult, signal }),
    refetchInterval: ({ state }) => (isEnded(state.data?.run.state) ? false : 2000),
  })

export const drillCoverageQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'drill-coverage'],
    queryFn: ({ signal }) => apiFetch('/api/v1/drill-coverage', { schema: DrillCoverage, signal }),
  })
