import { endpoint } from '@/lib/platform/http/endpoint'
import {
  DecideInput,
  DecideResult,
  IdentityReviewPage,
  IdentityReviewQuery,
  ItemPath,
  ReassignInput,
  ReassignResult,
  ReviewGroupPage,
  ReviewGroupQuery,
  ReviewItemDetail,
  ReviewItemPage,
  ReviewItemQuery,
  SignOff,
  SignOffInput,
  SignOffPreview,
  UndoInput,
  UndoResult,
} from '../items'
import { ById, MyReviews } from '../schema'
import { reassignItems } from './assign-items'
import { decideItems } from './decide-items'
import { getItem } from './get-item'
import { listGroups } from './list-groups'
import { listIdentityReviews } from './list-identity-reviews'
import { listItems } from './list-items'
import { listMyReviews } from './list-my-reviews'
import { previewSignOff, signOff } from './sign-off'
import { undoAct } from './undo-act'

const read = { tags: ['Access reviews'] as [string], scope: 'reviews:read' as const }
const write = { tags: ['Access reviews'] as [string], scope: 'reviews:write' as const }

export const listItemsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/items',
  operationId: 'listReviewItems',
  summary: 'Items of a campaign, by blast radius',
  params: ById,
  query: ReviewItemQuery,
  response: ReviewItemPage,
  run: (ctx, { params, query }) => listItems(ctx, { ...params, ...query }),
})

export const listGroupsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/groups',
  operationId: 'listReviewGroups',
  summary: 'One’s own items by equal evidence, the largest group first',
  params: ById,
  query: ReviewGroupQuery,
  response: ReviewGroupPage,
  run: (ctx, { params, query }) => listGroups(ctx, { ...params, ...query }),
})

export const getItemEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/items/{item}',
  operationId: 'getReviewItem',
  summary: 'One item with its frozen evidence, and what is different now',
  params: ItemPath,
  response: ReviewItemDetail,
  run: (ctx, { params }) => getItem(ctx, params),
})

export const decideItemsEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/decisions',
  operationId: 'decideReviewItems',
  summary: 'Draft a decision on one item, or on many with equal evidence',
  description:
    'By a person alone, never by an API key. What cannot be decided is refused item by item. A draft can be undone until it is signed off.',
  params: ById,
  body: DecideInput.omit({ id: true }),
  response: DecideResult,
  errors: ['conflict'],
  run: (ctx, { params, body }) => decideItems(ctx, { ...body, ...params }),
})

export const undoActEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/undo',
  operationId: 'undoReviewDecision',
  summary: 'Take back one’s latest decision, again and again, until it is signed off',
  params: ById,
  body: UndoInput.omit({ id: true }),
  response: UndoResult,
  errors: ['conflict'],
  run: (ctx, { params, body }) => undoAct(ctx, { ...body, ...params }),
})

export const reassignItemsEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/reassignments',
  operationId: 'reassignReviewItems',
  summary: 'Give items to another reviewer; nothing comes back to somebody who had it',
  params: ById,
  body: ReassignInput.omit({ id: true }),
  response: ReassignResult,
  errors: ['conflict'],
  run: (ctx, { params, body }) => reassignItems(ctx, { ...body, ...params }),
})

export const previewSignOffEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/campaigns/{id}/sign-off',
  operationId: 'previewReviewSignOff',
  summary: 'What signing off would make final',
  params: ById,
  response: SignOffPreview,
  run: (ctx, { params }) => previewSignOff(ctx, params),
})

export const signOffEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/campaigns/{id}/sign-off',
  operationId: 'signOffReview',
  summary: 'Make one’s drafts final',
  params: ById,
  body: SignOffInput.omit({ id: true }),
  response: SignOff,
  errors: ['conflict', 'precondition_failed'],
  run: (ctx, { params, body }) => signOff(ctx, { ...body, ...params }),
})

export const listMyReviewsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/reviews/mine',
  operationId: 'listMyReviews',
  summary: 'What waits for the caller in all campaigns, the nearest deadline first',
  response: MyReviews,
  run: (ctx) => listMyReviews(ctx),
})

export const listIdentityReviewsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/identities/{id}/reviews',
  operationId: 'listIdentityReviews',
  summary: 'What was decided on an identity in reviews, newest first',
  params: ById,
  query: IdentityReviewQuery,
  response: IdentityReviewPage,
  run: (ctx, { params, query }) => listIdentityReviews(ctx, { ...params, ...query }),
})

export const itemEndpoints = [
  ...[listItemsEndpoint, listGroupsEndpoint, getItemEndpoint, decideItemsEndpoint, undoActEndpoint],
  ...[
    reassignItemsEndpoint,
    previewSignOffEndpoint,
    signOffEndpoint,
    listMyReviewsEndpoint,
    listIdentityReviewsEndpoint,
  ],
]
