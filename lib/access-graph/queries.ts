import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { apiFetch } from '@/lib/platform/browser/api'
import {
  BlastRadius,
  BlastSummary,
  ChokePoints,
  NodeSearch,
  Paths,
  PathsQuery,
  Picture,
  PictureQuery,
  ReachedIdentityPage,
  ReachedPage,
  ReachedQuery,
  ReachersPage,
  ReachersQuery,
} from './blast-radius'
import { PreviewSensitivityRuleQuery, SensitivityRulePreview } from './edits'
import { AccessQuery, ChokePointsQuery, ExportReachedQuery, ReachedIdentitiesQuery, ResourceQuery } from './filters'
import { IdentityAccess, ResourceDetail, ResourcePage } from './schema'
import { WhatIf, type WhatIfInput } from './what-if'
import { CrownJewels, JewelChanges, SensitivityHistory, SensitivityRules } from './worth'

/** The query as an address, with its parameters in one order: the same question is the same key. */
function search(encoded: object): string {
  const set = Object.entries(encoded).filter(([, value]) => value !== undefined && value !== '')
  const params = new URLSearchParams(set.map(([name, value]) => [name, String(value)]))
  params.sort()
  return params.size > 0 ? `?${params}` : ''
}

/** A page of what an identity may do on what. Keys begin with the organization. */
export const accessQuery = (orgId: string, identityId: string, query: AccessQuery) => {
  const params = search(z.encode(AccessQuery, query))
  return queryOptions({
    queryKey: [orgId, 'access', identityId, params],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/identities/${identityId}/access${params}`, { schema: IdentityAccess, signal }),
  })
}

/** All that is worked out on the graph: whatever changes sensitivity, rules or the catalogue asks it anew. */
export const graphKey = (orgId: string) => [orgId, 'access-graph'] as const

/** Shows the answer before while the next one comes, as long as it is of the same thing: the key begins alike. */
const kept =
  (...key: readonly unknown[]) =>
  <T>(previous: T | undefined, query: { queryKey: readonly unknown[] } | undefined) =>
    query && key.every((part, index) => query.queryKey[index] === part) ? previous : undefined

const blastPath = (id: string) => `/api/v1/identities/${id}/blast-radius`

export const blastRadiusQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'blast-radius', id],
    queryFn: ({ signal }) => apiFetch(blastPath(id), { schema: BlastRadius, signal }),
  })

/** A page of the resources that an identity reaches; `at` jumps to any row. */
export const reachedQuery = (orgId: string, id: string, query: ReachedQuery) => {
  const params = search(z.encode(ReachedQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'reached', id, params],
    queryFn: ({ signal }) => apiFetch(`${blastPath(id)}/resources${params}`, { schema: ReachedPage, signal }),
    placeholderData: kept(...graphKey(orgId), 'reached', id),
  })
}

/** A page of the identities and people that it can become (`becomes`), or that can become it (`exposed`). */
export const reachedIdentitiesQuery = (
  orgId: string,
  id: string,
  side: 'becomes' | 'exposed',
  query: ReachedIdentitiesQuery,
) => {
  const params = search(z.encode(ReachedIdentitiesQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), side, id, params],
    queryFn: ({ signal }) => apiFetch(`${blastPath(id)}/${side}${params}`, { schema: ReachedIdentityPage, signal }),
    placeholderData: kept(...graphKey(orgId), side, id),
  })
}

export const pictureQuery = (orgId: string, id: string, query: PictureQuery) => {
  const params = search(z.encode(PictureQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'picture', id, params],
    queryFn: ({ signal }) => apiFetch(`${blastPath(id)}/picture${params}`, { schema: Picture, signal }),
    placeholderData: kept(...graphKey(orgId), 'picture', id),
  })
}

/** The figures with changes that are only thought of. */
export const whatIfQuery = (orgId: string, id: string, changes: WhatIfInput) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'what-if', id, changes],
    queryFn: ({ signal }) =>
      apiFetch(`${blastPath(id)}/what-if`, { method: 'POST', body: changes, schema: WhatIf, signal }),
    placeholderData: kept(...graphKey(orgId), 'what-if', id),
  })

/** The address of everything that an identity reaches as a file. */
export const exportReachedHref = (id: string, query: ExportReachedQuery) =>
  `${blastPath(id)}/export${search(z.encode(ExportReachedQuery, query))}`

/** A page of the catalogue's resources. Below the graph's key: a rule or a person's word changes what they are worth. */
export const resourcesQuery = (orgId: string, query: ResourceQuery) => {
  const params = search(z.encode(ResourceQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'resources', params],
    queryFn: ({ signal }) => apiFetch(`/api/v1/resources${params}`, { schema: ResourcePage, signal }),
  })
}

export const resourceQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'resource', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/resources/${id}`, { schema: ResourceDetail, signal }),
  })

/** A page of who can reach a resource. */
export const reachersQuery = (orgId: string, resourceId: string, query: ReachersQuery) => {
  const params = search(z.encode(ReachersQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'reachers', resourceId, params],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/resources/${resourceId}/reachers${params}`, { schema: ReachersPage, signal }),
    placeholderData: kept(...graphKey(orgId), 'reachers', resourceId),
  })
}

export const sensitivityHistoryQuery = (orgId: string, resourceId: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'sensitivity', resourceId],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/resources/${resourceId}/sensitivity`, { schema: SensitivityHistory, signal }),
  })

export const sensitivityRulesQuery = (orgId: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'sensitivity-rules'],
    queryFn: ({ signal }) => apiFetch('/api/v1/sensitivity-rules', { schema: SensitivityRules, signal }),
  })

/** What a rule would decide, before it is saved. */
export const sensitivityRulePreviewQuery = (orgId: string, rule: PreviewSensitivityRuleQuery) => {
  const params = search(z.encode(PreviewSensitivityRuleQuery, rule))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'sensitivity-rules', 'preview', params],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/sensitivity-rules/preview${params}`, { schema: SensitivityRulePreview, signal }),
    placeholderData: kept(...graphKey(orgId), 'sensitivity-rules', 'preview'),
  })
}

/** Identities, people, roles and resources by name or id. */
export const nodeSearchQuery = (orgId: string, q: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'nodes', q],
    queryFn: ({ signal }) => apiFetch(`/api/v1/access-graph/nodes${search({ q })}`, { schema: NodeSearch, signal }),
    enabled: q.trim() !== '',
    placeholderData: kept(...graphKey(orgId), 'nodes'),
  })

export const pathsQuery = (orgId: string, query: PathsQuery) => {
  const params = search(z.encode(PathsQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'paths', params],
    queryFn: ({ signal }) => apiFetch(`/api/v1/access-graph/paths${params}`, { schema: Paths, signal }),
  })
}

export const chokePointsQuery = (orgId: string, query: ChokePointsQuery) => {
  const params = search(z.encode(ChokePointsQuery, query))
  return queryOptions({
    queryKey: [...graphKey(orgId), 'choke-points', params],
    queryFn: ({ signal }) => apiFetch(`/api/v1/access-graph/choke-points${params}`, { schema: ChokePoints, signal }),
  })
}

/** The distribution of scores, the top ten and the trend. */
export const blastSummaryQuery = (orgId: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'summary'],
    queryFn: ({ signal }) => apiFetch('/api/v1/access-graph/summary', { schema: BlastSummary, signal }),
  })

export const crownJewelsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [...graphKey(orgId), 'crown-jewels'],
    queryFn: ({ signal }) => apiFetch('/api/v1/crown-jewels', { schema: CrownJewels, signal }),
  })

/** Every change of who reaches a crown jewel, in pages, latest first. */
export const jewelChangesQuery = (orgId: string, id: string) =>
  infiniteQueryOptions({
    queryKey: [...graphKey(orgId), 'crown-jewels', id, 'changes'],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(`/api/v1/crown-jewels/${id}/changes${search({ cursor: pageParam ?? undefined })}`, {
        schema: JewelChanges,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })
