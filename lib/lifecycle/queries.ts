import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { ReappearancePage, RunUse } from './history'
import {
  LifecycleSettings,
  Order,
  OrderPage,
  type OrderQuery,
  type OrderTarget,
  RevocationPreview,
  RotationPreview,
  RunDetail,
  RunPage,
  type RunQuery,
  type RunState,
  SecretLink,
} from './schema'
import { type PreviewTwinInput, TwinPair, TwinPreview } from './twins'

const ended: readonly RunState[] = ['done', 'rolled_back', 'restored', 'overruled', 'cancelled', 'given_up']
export const isEnded = (state: RunState | undefined) => state !== undefined && ended.includes(state)

const text = (query: object) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
  return params.size > 0 ? `?${params}` : ''
}

/** One page of runs, newest first; asked again every two seconds while one is under way. */
export const runListQuery = (orgId: string, query: Partial<RunQuery>) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'runs', query],
    queryFn: ({ signal }) => apiFetch(`/api/v1/runs${text(query)}`, { schema: RunPage, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some((run) => !isEnded(run.state)) ? 2000 : 30_000),
  })

/** One run. The stream of its events says when to ask again; without one it is asked every two seconds while it is open. */
export const runQuery = (orgId: string, id: string, isStreamed = false) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'runs', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/runs/${id}`, { schema: RunDetail, signal }),
    refetchInterval: ({ state }) => (isEnded(state.data?.state) ? false : isStreamed ? 30_000 : 2000),
  })

/** Where the events of a run stream from: `new EventSource(…)`; the browser sends Last-Event-ID by itself when it comes back. */
export const runEventsAddress = (id: string, after = 0) => `/api/v1/runs/${id}/events${text({ after })}`

export const orderListQuery = (orgId: string, query: Partial<OrderQuery>) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'orders', query],
    queryFn: ({ signal }) => apiFetch(`/api/v1/orders${text(query)}`, { schema: OrderPage, signal }),
  })

export const orderQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'orders', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/orders/${id}`, { schema: Order, signal }),
    refetchInterval: 5000,
  })

/** What an order is asked for about: a list; what the server keeps of all that matched a filter; what an AI agent alone acts by. */
export type OrderScope = { targets: OrderTarget[] } | { selectionId: string } | { agentId: string }

const isEmpty = (scope: OrderScope) => 'targets' in scope && scope.targets.length === 0

/** What revoking these would do, as of now; it asks the sources who is signed in. */
export const revocationPreviewQuery = (orgId: string, scope: OrderScope) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'revocation-preview', scope],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/revocations/preview', {
        method: 'POST',
        body: scope,
        schema: RevocationPreview,
        signal,
      }),
    enabled: !isEmpty(scope),
    gcTime: 0,
  })

export const rotationPreviewQuery = (orgId: string, scope: Exclude<OrderScope, { agentId: string }>) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'rotation-preview', scope],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/rotations/preview', { method: 'POST', body: scope, schema: RotationPreview, signal }),
    enabled: !isEmpty(scope),
    gcTime: 0,
  })

/** What was cut off and is there again: of one identity, or of all. */
export const reappearancesQuery = (orgId: string, identity?: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'reappearances', identity],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/reappearances${text({ identity })}`, { schema: ReappearancePage, signal }),
    refetchInterval: 60_000,
  })

export const lifecycleSettingsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'settings'],
    queryFn: ({ signal }) => apiFetch('/api/v1/lifecycle-settings', { schema: LifecycleSettings, signal }),
  })

/** A link to a new secret, for whom it names; looking opens nothing. */
export const secretLinkQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'links', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/secret-links/${id}`, { schema: SecretLink, signal }),
  })

/** Who uses the old and the new secret of a run: asked while somebody looks at the page. */
export const runUseQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'run-use', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/runs/${id}/use`, { schema: RunUse, signal }),
    refetchInterval: 10_000,
    gcTime: 0,
  })

/** The account that one program uses in turn with this one. */
export const twinQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'twins', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities/${id}/twin`, { schema: TwinPair, signal }),
  })

/** Whether two accounts can be used in turn. */
export const twinPreviewQuery = (orgId: string, pair: PreviewTwinInput) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'twin-preview', pair],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/twins/preview', { method: 'POST', body: pair, schema: TwinPreview, signal }),
    gcTime: 0,
  })
