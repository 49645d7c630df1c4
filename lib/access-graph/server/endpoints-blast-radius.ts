import { z } from 'zod'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import { BlastRadius, Picture, PictureQuery, ReachedIdentityPage, ReachedPage, ReachedQuery } from '../blast-radius'
import { ExportReachedQuery, ReachedIdentitiesQuery } from '../filters'
import { WhatIf, WhatIfInput } from '../what-if'
import { exportReached } from './export-reached'
import { getBlastRadius } from './get-blast-radius'
import { getPicture } from './get-picture'
import { listBecomes } from './list-becomes'
import { listExposed } from './list-exposed'
import { listReached } from './list-reached'
import { previewWhatIf } from './preview-what-if'

const ofIdentity = {
  tags: ['Blast radius'],
  scope: 'inventory:read',
  params: z.object({ id: z.uuid() }),
  errors: ['upstream_failed'],
} satisfies Partial<Endpoint>

export const getBlastRadiusEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius',
  operationId: 'getBlastRadius',
  summary: 'What an identity can reach, alter and for how long, in figures',
  description:
    '`cells[sensitivity × 5 + level]` counts resources, each once at its highest level: sensitivity unknown, public, internal, ' +
    'confidential, restricted; level unknown, read, write, secret_read, admin. The score follows from cells, identities and ' +
    'hours alone. Conditions are not evaluated; `caveats` counts what stands in the way of exactness. `graph` says which state ' +
    'of the access graph the answer comes from.',
  response: BlastRadius,
  run: (ctx, { params }) => getBlastRadius(ctx, params),
})

export const listReachedEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius/resources',
  operationId: 'listReached',
  summary: 'Every resource that an identity reaches, each with its path',
  description:
    'Pages begin at any row (`at`), as the answer is worked out in memory. What the caller may not know by name is there ' +
    'without it. A secret that is stored in a resource is told as two steps: `stores`, then `authenticates_as`.',
  query: ReachedQuery,
  response: ReachedPage,
  run: (ctx, { params, query }) => listReached(ctx, { ...query, ...params }),
})

export const listBecomesEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius/becomes',
  operationId: 'listBecomes',
  summary: 'Other identities and people that an identity can become',
  query: ReachedIdentitiesQuery,
  response: ReachedIdentityPage,
  run: (ctx, { params, query }) => listBecomes(ctx, { ...query, ...params }),
})

export const listExposedEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius/exposed',
  operationId: 'listExposed',
  summary: 'Identities and people that can become an identity',
  query: ReachedIdentitiesQuery,
  response: ReachedIdentityPage,
  run: (ctx, { params, query }) => listExposed(ctx, { ...query, ...params }),
})

export const getPictureEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius/picture',
  operationId: 'getBlastPicture',
  summary: 'What an identity reaches as nodes and edges to draw, grouped where they are many',
  description:
    '`drawn` of `total` nodes are drawn, alone or in a group that says its count; `expand` draws groups apart.',
  query: PictureQuery,
  response: Picture,
  run: (ctx, { params, query }) => getPicture(ctx, { ...query, ...params }),
})

export const previewWhatIfEndpoint = endpoint({
  ...ofIdentity,
  method: 'POST',
  path: '/api/v1/identities/{id}/blast-radius/what-if',
  operationId: 'previewWhatIf',
  summary: 'The figures with edges and credentials cut, lives shortened and privileges lowered',
  description:
    'Nothing is changed. Other edges, grants and credentials that lead the same way are left, so that cutting one of two ' +
    'may change nothing. `losers` are other identities that would lose access by the same changes. `lastCredential` ' +
    'says when whoever signs in as it loses everything, though what is granted stays. `steps` and ' +
    '`credentials` tell what is changed; what is in `gone` the sources no longer tell of.',
  body: WhatIfInput,
  response: WhatIf,
  run: (ctx, { params, body }) => previewWhatIf(ctx, { ...body, ...params }),
})

export const exportReachedEndpoint = endpoint({
  ...ofIdentity,
  method: 'GET',
  path: '/api/v1/identities/{id}/blast-radius/export',
  operationId: 'exportReached',
  summary: 'Every resource that an identity reaches as a file',
  description:
    'A stream: CSV (safe to open in a spreadsheet), JSON, or the nodes and edges of all paths as BloodHound OpenGraph, for ' +
    'which the caller must be allowed to see every source. All of it comes from one state of the graph; when another one ' +
    'arrives meanwhile, the stream breaks off. The trail gets one event with filter and count.',
  query: ExportReachedQuery,
  response: { contentType: ['text/csv', 'application/json'] },
  errors: ['rate_limited', 'upstream_failed'],
  run: (ctx, { params, query }) => exportReached(ctx, { ...query, ...params }),
})

export const endpoints: Endpoint[] = [
  getBlastRadiusEndpoint,
  listReachedEndpoint,
  listBecomesEndpoint,
  listExposedEndpoint,
  getPictureEndpoint,
  previewWhatIfEndpoint,
  exportReachedEndpoint,
]
